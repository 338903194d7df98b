/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A log file: its header, its configuration, the index of its chunks, and the records of one chunk.  Believes nothing of what
 * it reads.  A file is read a chunk at a time, so memory does not grow with the log (but for 16 bytes a chunk).
 */
#include "sim/log/read/chunk_index.h"

/**
 * struct chunk_records - room for the records of a chunk, used again and again
 * @v:    [cap]; @n records, and LOG_PAD_BYTES bytes behind them
 * @packed: [packed_cap] room for the compressed form
 * @open: they end at the first 0 byte before @n
 * @limit: of a growing file: those that begin at or behind this byte may be only half there; else @n
 * @stored_bytes: what the chunk takes in the file; 0: @open
 */
struct chunk_records {
	u8 *v;
	size_t cap;
	u8 *packed;
	size_t packed_cap;
	u64 n, limit, stored_bytes;
	bool open;
};

/*
 * Open a file.  Errors: ERR_OPEN, ERR_NOT_FILE, ERR_EMPTY, ERR_MAGIC, ERR_VERSION, ERR_HEADER, ERR_CONFIG,
 * ERR_TRUNCATED, ERR_MEMORY.  Damaged chunks are no error yet, nor is a log that was closed and has lost bytes behind its
 * header, or has some behind its end: see @damage.
 */
MUST_CHECK int chunk_file_open(struct chunk_file **out, const char *path, struct err *e);
/* The same of a descriptor, which the file takes over, also when it fails; @name stands in messages. */
MUST_CHECK int chunk_file_open_fd(struct chunk_file **out, int fd, const char *name, struct err *e);
/*
 * The same of a file that another process may be writing, by a descriptor of an open() of its own.  A chunk that is being
 * begun is not there yet.
 */
MUST_CHECK int chunk_file_open_growing(struct chunk_file **out, int fd, const char *name,
                                       struct err *e);
/*
 * Does another process write the file?  It holds a lock on it.  @fd: of an open() of its own; the lock is asked for and given
 * back at once.
 */
bool chunk_file_written(int fd);
/* Of a growing file: what chunks have come, whether it was closed, and whether it is @growing still. */
void chunk_file_look_again(struct chunk_file *f);
void chunk_file_close(struct chunk_file *f);

/* Chunk @i of @cpu's stream, 0..n-1.  Errors: ERR_CHUNK (damaged, or the file cannot be read). */
MUST_CHECK int chunk_file_load(const struct chunk_file *f, u32 cpu, u64 i,
                               struct chunk_records *out, struct err *e);

/* Room for @n bytes and LOG_PAD_BYTES behind them; what was there is gone. */
u8 *chunk_records_room(struct chunk_records *r, size_t n);
void chunk_records_free(struct chunk_records *r);
