/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where a merge gets its bytes: the chunks of a log file, those of a log in memory while its CPUs have met, or what the CPUs
 * of a run hand over.
 */
#include "sim/log/read/chunk_file.h"
#include "sim/log/streams.h"

/**
 * struct reader_cpu - one CPU's stream
 * @at:      what was given out: of a file, the next chunk; of portions, how many
 * @records: file, portions: those given out last
 * @base:    where the chunk, or portion, of the records given out last begins
 * @open:    that chunk goes on in the file; @looked: it was looked at since the last reader_poll()
 * @given:   of @open: there was something new in it at the last look, and reader_used() has not been told how far it was read
 * @portion: [n_portions] handed over; @portion[taken..] are still to be read
 */
struct reader_cpu {
	struct stream_place at;
	struct chunk_records records;
	const u8 *base;
	bool open, looked, given;
	struct log_portion *portion;
	u32 n_portions, cap_portions, taken;
};

/**
 * struct reader - of one of @file, @memory and portions
 * @live:   hands over portions; NULL of a reader that looks ahead in those that are there
 * @ahead:  it looks ahead: @file is another reader's
 * @follow: @file is growing, and is read on as it does
 * @bytes:  of records, given out so far
 * @stored_bytes: what these take in the file or in memory
 */
struct reader {
	const struct log_config *config;
	struct chunk_file *file;
	const struct chunk_source *memory;
	struct live_source *live;
	bool ahead, follow;
	u64 bytes, stored_bytes;
	struct reader_cpu cpu[LOG_STREAMS];
};

/**
 * struct reader_bytes - records of a stream; LOG_PAD_BYTES behind them may be touched
 * @limit: those that begin there or behind are not to be read: their CPU may be writing them
 * @open: they end at the first 0 byte before @end
 */
struct reader_bytes {
	const u8 *cur, *end, *limit;
	bool open;
};

/* Open a file.  Errors: those of chunk_file_open(). */
MUST_CHECK int reader_open_file(struct reader **out, const char *path, struct err *e);
/* The same of a descriptor, which the reader takes over, also when it fails; @name stands in messages. */
MUST_CHECK int reader_open_fd(struct reader **out, int fd, const char *name, struct err *e);
/*
 * The same of a descriptor that this process has from an open() of its own, of a file that another process may be writing
 * (chunk_file_written()).
 */
MUST_CHECK int reader_open_growing(struct reader **out, int fd, const char *name, struct err *e);
/* Read a growing file on as it grows, from reader_poll() to reader_poll(). */
void reader_follow(struct reader *r);
/* Look what has come.  False: nobody writes the file any more, and what is there is all. */
bool reader_poll(struct reader *r);
/* Read chunks in memory, which stay the caller's. */
struct reader *reader_open_memory(const struct chunk_source *s);
/* Read what running CPUs hand over; its only reader. */
struct reader *reader_open_live(struct live_source *s);
void reader_close(struct reader *r);

static inline const struct log_config *reader_config(const struct reader *r)
{
	return r->config;
}

/* What stands for it in messages: a file's path. */
const char *reader_name(const struct reader *r);

/* A file that was closed in order. */
static inline bool reader_is_closed(const struct reader *r)
{
	return r->file && r->file->closed;
}

/* What was found damaged when a file was opened, before which its streams end; NULL: nothing. */
static inline const struct err *reader_damage(const struct reader *r)
{
	return r->file && r->file->damage.code != ERR_NONE ? &r->file->damage : NULL;
}

/* The last chunk of @cpu's stream says that what its CPU did then is nowhere. */
static inline bool reader_lost(const struct reader *r, u32 cpu)
{
	return r->file && r->file->stream[cpu].lost;
}

/* More than one step may be missing at the end of a stream: the file is growing, or was copied while it did. */
bool reader_lags(const struct reader *r);

/* Before anything is read of a file that has lost chunks: at the end of each stream any number of steps may be missing. */
void reader_lacks(struct reader *r);

/* The last chunk of @cpu's stream in a file has been given out. */
static inline bool reader_at_end(const struct reader *r, u32 cpu)
{
	return r->file && r->cpu[cpu].at.chunk == r->file->stream[cpu].n;
}

/*
 * More of @cpu's stream: 1 and *out; 0: there is no more (memory: not now; all CPUs have met); < 0: ERR_CHUNK,
 * ERR_OPEN (the file cannot be read).
 */
MUST_CHECK int reader_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e);

/* Before the next one: the stream was read up to @cur, of what reader_next() gave last; no matter what @cur is if it gave nothing. */
static inline void reader_used(struct reader *r, u32 cpu, const u8 *cur)
{
	struct reader_cpu *c = &r->cpu[cpu];

	if (unlikely(c->given))
		c->at.read = (u64)(cur - c->base);
	c->given = false;
}

/* "FILE: chunk 3 (CPU 1, offset 786432)": the place of byte @at of what reader_next() gave last.  Returns buf. */
const char *reader_place(const struct reader *r, u32 cpu, const u8 *at, char *buf, size_t size);

/* A second reader of @cpu's stream behind what was read of @r, to look ahead; @r stays and is not read meanwhile. */
struct reader *reader_ahead(const struct reader *r, u32 cpu);
/* The same of all streams. */
struct reader *reader_ahead_all(const struct reader *r);
