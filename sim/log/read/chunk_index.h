/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which chunks an open log file has, and what their headers say.  Believes nothing of what it reads. */
#include "sim/base/err.h"
#include "sim/log/config.h"
#include "sim/log/format.h"

/**
 * struct file_chunk
 * @offset: of the chunk's header in the file
 * @number: the chunk's place in the file, from 0
 */
struct file_chunk {
	u64 offset, number;
};

/**
 * struct file_stream - one CPU's chunks
 * @chunk: [n] in the order of the stream
 * @lost:  the last one says that what its CPU did then is nowhere
 * @severed: others stand in the file behind a place where some are missing: it was copied while it was written
 */
struct file_stream {
	struct file_chunk *chunk;
	u32 n, cap;
	bool lost, severed;
};

/**
 * struct chunk_file - read only once it is open
 * @closed:   in order
 * @damage:   what the chunk headers said at opening; the streams end before it.  code ERR_NONE: nothing
 * @n_chunks: of all streams
 * @growing:  another process writes the file
 * @scanned:  slots that were looked at; @unbegun: [n_unbegun] those of them, rising, that were no chunk then
 */
struct chunk_file {
	char *path;
	int fd;
	u64 size;
	bool closed;
	struct log_file_header header;
	struct log_config config;
	struct err damage;
	u64 n_chunks;
	bool growing;
	u64 scanned, *unbegun;
	u32 n_unbegun, cap_unbegun;
	struct file_stream stream[LOG_STREAMS]; /* by number: the CPUs', then the run's own */
};

/* pread all of it: 0, or -1 with errno (0: the file ended). */
int chunk_read_at(const struct chunk_file *f, void *buf, size_t n, u64 offset);
bool chunk_all_zero(const void *p, size_t n);
/* A kill in the middle of closing a chunk leaves it without its checksum: it counts as open. */
bool chunk_is_closed(const struct log_chunk_header *h);
/* What is wrong with a chunk's header, or NULL. */
const char *chunk_judge(const struct chunk_file *f, const struct log_chunk_header *h, u64 offset);

/* Find the chunks of @f, whose header was read; *f's index and damage.  Again, of a growing file: those that have come. */
void chunk_index_scan(struct chunk_file *f);
