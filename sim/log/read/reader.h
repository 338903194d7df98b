/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where a merge gets its bytes: the chunks of a log file, those of a log in memory while its CPUs have met, or what the CPUs
 * of a run hand over.  A file
 * is read a chunk at a time, so memory does not grow with the log (but for 16 bytes a chunk).
 */
#include "sim/base/err.h"
#include "sim/log/config.h"
#include "sim/log/format.h"
#include "sim/log/write/handover.h"
#include "sim/log/write/log.h"

struct reader_chunk {
	u64 offset; /* of the chunk's header in the file */
	u64 number; /* the chunk's place in the file, from 0 */
};

/**
 * struct reader_cpu - one CPU's stream
 * @chunk:   [n] of the file, in the order of the stream
 * @lost:    the last one says that what its CPU did then is nowhere
 * @next:    the chunk to be read next; memory: its number within the stream (seq)
 * @records, @cap: file: the chunk being read; DECODE_PAD bytes follow what is used
 * @base:    where the records being read begin
 * @read:    memory: bytes of the current chunk that were given out
 * @portion: [n_portions] handed over; @portion[taken..] are still to be read
 */
struct reader_cpu {
	struct reader_chunk *chunk;
	u32 n, cap_chunks;
	bool lost;
	u64 next;
	u8 *records;
	size_t cap;
	const u8 *base;
	u64 read;
	struct log_portion *portion;
	u32 n_portions, cap_portions, taken;
};

/**
 * struct reader
 * @memory:  the log, when it is no file
 * @handed:  its CPUs hand over what they write, to @live (NULL: a reader that looks ahead in what was handed over)
 * @closed:  the file was closed in order
 * @damage:  what the chunk headers said at opening; the streams end before it.  code ERR_NONE: nothing
 * @n_chunks: of the file
 * @bytes:   of records, given out so far
 * @stored_bytes: what these take in the file or in memory
 */
struct reader {
	const struct log *memory;
	bool handed;
	struct log *live;
	char *path;
	int fd;
	u64 size;
	bool closed;
	struct log_file_header header;
	struct log_config config;
	struct err damage;
	u64 n_chunks;
	u64 bytes, stored_bytes;
	u8 *packed;
	size_t packed_cap;
	struct reader_cpu cpu[MAX_CPU];
};

/**
 * struct reader_bytes - records of a stream
 * @open: they end at the first 0 byte before @end
 */
struct reader_bytes {
	const u8 *cur, *end;
	bool open;
};

/*
 * Open a file.  Errors: ERR_OPEN, ERR_NOT_FILE, ERR_EMPTY, ERR_MAGIC, ERR_VERSION, ERR_HEADER, ERR_CONFIG,
 * ERR_TRUNCATED, ERR_MEMORY.  Damaged chunks are no error yet: see @damage.
 */
MUST_CHECK int reader_open_file(struct reader **out, const char *path, struct err *e);
/* Read a log in memory, which stays the caller's. */
struct reader *reader_open_memory(const struct log *l);
/* Read what the CPUs of @l hand over; its only reader. */
struct reader *reader_open_live(struct log *l);
void reader_close(struct reader *r);

static inline const struct log_config *reader_config(const struct reader *r)
{
	return r->memory ? r->memory->config : &r->config;
}

/*
 * More of @cpu's stream: 1 and *out; 0: there is no more (memory: not now; all CPUs have met); < 0: ERR_CHUNK,
 * ERR_OPEN (the file cannot be read).
 */
MUST_CHECK int reader_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e);

/* "FILE: chunk 3 (CPU 1, offset 786432)": the place of byte @at of what reader_next() gave last.  Returns buf. */
const char *reader_place(const struct reader *r, u32 cpu, const u8 *at, char *buf, size_t size);

/* A second reader of @cpu's stream behind what was read of @r, to look ahead; NULL when it cannot be had. */
struct reader *reader_ahead(const struct reader *r, u32 cpu);
