/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A log file whose chunks follow each other, each as long as it is, compressed if wanted. */
#include "sim/base/err.h"
#include "sim/log/config.h"

struct pack;

enum { PACK_PLAIN = -1000 };

/*
 * Begin @path, which is there when it is closed (sim/base/whole_file.h); @level: zstd's, or PACK_PLAIN.  Errors: ERR_OPEN, ERR_DISK, ERR_MEMORY.
 */
MUST_CHECK int pack_open(struct pack **out, const char *path, const struct log_config *config,
                         int level, struct err *e);
/*
 * The next chunk of @cpu's stream: @n bytes of records, at most LOG_MAX_CHUNK_RECORDS.  @lost: it is the last one, as there
 * was no room for more (CHUNK_LOST).
 */
MUST_CHECK int pack_chunk(struct pack *p, u32 cpu, const void *records, u32 n, bool lost,
                          struct err *e);
/* The last chunk was put.  @in_order: the header says that the log was closed.  Errors: ERR_DISK. */
MUST_CHECK int pack_end(struct pack *p, bool in_order, struct err *e);
/* Between pack_end() and pack_close(): the file, to be read; < 0: it is no regular file, or cannot be opened. */
int pack_read(const struct pack *p);
/* The file takes its place.  Errors: ERR_DISK; the pack is dropped then. */
MUST_CHECK int pack_close(struct pack *p, struct err *e);
/* Give up: nothing is left, and what was there before stays. */
void pack_drop(struct pack *p);
