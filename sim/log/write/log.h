/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where the CPUs' streams go: chunks in memory, or chunks of a mapped file.
 *
 *              | log_open_* | writer calls (own writer) | log_rewind | log_close | reading chunks
 *  --------------------------------------------------------------------------------------------
 *  writers     |     X      |       (one thread each)   |     X      |     X     |   X
 *  X: needs all writers to have stopped or met.
 */
#include "sim/base/err.h"
#include "sim/base/types.h"
#include "sim/log/config.h"
#include "sim/log/streams.h"
#include "sim/log/write/handover.h"
#include "sim/log/write/slots.h"
#include "sim/log/write/supply.h"
#include "sim/log/write/writer.h"

/**
 * struct log_chunks - one CPU's chunks in memory, oldest first
 * @v:     [n] each LOG_SLOT_BYTES, header first
 */
struct log_chunks {
	struct log_chunk_header **v;
	u32 n, cap;
};

/**
 * struct log
 * @source:   its chunks in memory, for a reader
 * @slots:    where its chunks lie, and its first error
 * @supply:   gives each writer its next chunk
 * @ticks:    of its times, when it has timestamps
 * @run_episode: of the last EPISODE mark in the run's own stream
 * @handover: to the reader of a log that is read while it is written, or NULL
 */
struct log {
	struct chunk_source source;
	const struct log_config *config;
	u32 cpus;
	struct log_slots slots;
	struct log_supply supply;
	struct log_handover *handover;
	u64 run_episode;
	struct ticks ticks;
	struct log_writer
		*writer; /* [cpus + 1] cache-line aligned; the last one is the run's own */
	struct log_chunks chunks
		[LOG_STREAMS]; /* memory: every chunk; file, or handed over: the current one */
};

/*
 * Open a log for @config->cpus streams; @config stays the caller's and must outlive the log.  @limit_bytes: memory at
 * which @slots.full is set.  Errors: ERR_MEMORY.
 */
MUST_CHECK int log_open_memory(struct log **out, const struct log_config *config, u64 limit_bytes,
                               struct err *e);
/* Errors: ERR_OPEN, ERR_DISK (no room for a first chunk for each CPU), ERR_MEMORY. */
MUST_CHECK int log_open_file(struct log **out, const struct log_config *config, const char *path,
                             struct err *e);
/*
 * The same for a file that a user names: one that is there and no log is refused, unless @force, and so is one that
 * another run writes.  Errors: also ERR_USAGE, ERR_NOT_FILE, ERR_HOST.
 */
MUST_CHECK int log_create_file(struct log **out, const struct log_config *config, const char *path,
                               bool force, struct err *e);
/* A log that is off: writers are there and log_on() is false. */
MUST_CHECK int log_open_off(struct log **out, const struct log_config *config, struct err *e);

/*
 * Write CLOSE marks when @in_order, close the chunks (checksums) and, in a file that is closed in order, the header.
 * Streams that were not closed in order stay a cut log.  Errors: ERR_DISK.
 */
MUST_CHECK int log_close(struct log *l, bool in_order, struct err *e);
void log_free(struct log *l);

/* Memory only, all CPUs have met: forget the chunks read so far; each stream goes on in a fresh chunk. */
void log_rewind(struct log *l);

/* From here on @l's records are handed over; no CPU has written yet.  @limit_bytes may wait.  Errors: ERR_MEMORY. */
MUST_CHECK int log_start_handover(struct log *l, u64 limit_bytes, struct err *e);

/* The chunks of a log in memory, for a reader. */
const struct chunk_source *log_in_memory(const struct log *l);
/* What the CPUs hand over, after log_start_handover(), for its one reader. */
struct live_source *log_live(struct log *l);

static inline struct log_writer *log_writer(struct log *l, u32 cpu)
{
	return &l->writer[cpu];
}

/*
 * The stream of the run itself, for marks that no CPU can write (STALL, DEADLOCK, SURPRISE), begun when it is first asked for.
 * One thread at a time, and none while a reader reads.  @episode: the running one.  log_on() is false when there is no log.
 */
struct log_writer *log_run_writer(struct log *l, u64 episode);

/*
 * The run's stream begins, if it has not yet, without a record; the log is not off.  false: there is no chunk for it, and the
 * log has failed.
 */
bool log_run_begin(struct log *l);

/* Bytes of records written so far, all streams. */
u64 log_bytes(const struct log *l);
