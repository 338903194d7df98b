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
#include "sim/base/flag.h"
#include "sim/base/types.h"
#include "sim/log/config.h"
#include "sim/log/write/writer.h"

enum log_kind { LOG_OFF, LOG_MEMORY, LOG_FILE };

/**
 * struct log_chunks - one CPU's chunks in memory, oldest first
 * @v:     [n] each LOG_SLOT_BYTES, header first
 * @spare: one that was made ahead and is not in the stream yet, or NULL
 */
struct log_chunks {
	struct log_chunk_header **v;
	u32 n, cap;
	struct log_chunk_header *spare;
};

struct log_supply;
struct log_handover;

/**
 * struct log
 * @full:      set when chunks beyond the limit were taken: the CPUs are asked to meet
 * @next_slot: number of the next free slot of the file; the only word that writers share, touched once a chunk
 * @supply:    makes chunks ahead while a run lasts, or NULL
 * @handover:      to the reader of a log that is read while it is written, or NULL
 * @used_bytes: of memory: of all chunks; of chunks that the reader has not given back
 * @error:     set when a chunk could not be had (disk full, out of memory): streams are cut there, the run must stop
 */
struct log {
	enum log_kind kind;
	const struct log_config *config;
	u32 cpus;
	int fd;
	char *path;
	u64 header_bytes;
	u64 next_slot;
	u64 limit_bytes;
	u64 used_bytes;
	struct flag full;
	struct flag failed;
	struct err error;
	u32 error_once;
	struct log_supply *supply;
	struct log_handover *handover;
	struct log_writer *writer; /* [cpus] cache-line aligned */
	struct log_chunks
		chunks[MAX_CPU]; /* memory: every chunk; file, or handed over: the current one */
};

/*
 * Open a log for @config->cpus streams; @config stays the caller's and must outlive the log.  @limit_bytes: memory at
 * which @full is set.  Errors: ERR_MEMORY.
 */
MUST_CHECK int log_open_memory(struct log **out, const struct log_config *config, u64 limit_bytes,
                               struct err *e);
/* Errors: ERR_OPEN, ERR_DISK (no room for a first chunk for each CPU), ERR_MEMORY. */
MUST_CHECK int log_open_file(struct log **out, const struct log_config *config, const char *path,
                             struct err *e);
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

/* The first error stays; the streams are cut and the run is asked to stop. */
void log_fail(struct log *l, enum err_code code, const char *what, int host_errno);

static inline struct log_writer *log_writer(struct log *l, u32 cpu)
{
	return &l->writer[cpu];
}

/* Bytes of records written so far, all streams. */
u64 log_bytes(const struct log *l);
