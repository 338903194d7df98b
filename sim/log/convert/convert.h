/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One form of a log into another.  @doracle gives the values of the data oracle, oracle/data.h. */
#include "sim/base/err.h"
#include "sim/log/source.h"

#include <stdio.h>

/*
 * Any source as text, with its configuration line; differences get their old and new values.  Stops when writing fails
 * (the caller looks at @f).  Errors: the source's, ERR_MEMORY; what came before stays written.
 */
MUST_CHECK int convert_to_text(struct log_source *s, u64 (*doracle)(u64 seed, vmid_t vmid, u64 n),
                               FILE *f, struct err *e);

/*
 * Any source as a binary log of packed chunks.  @level: zstd's, or PACK_PLAIN.  Events without a rank of their own and
 * without a CPU's step before them (high-level ones), differences that contradict the contents, changes of flat memory
 * that are not known, a text in which the log of a lock is not the one that the merge of the streams gives: ERR_NO_BINARY (of a
 * @path that is no regular file, and so cannot be read back, the last is not looked at).  Other errors: the source's, ERR_OPEN, ERR_DISK, ERR_MEMORY.  On
 * failure no file is left.
 */
MUST_CHECK int convert_to_binary(struct log_source *s, u64 (*doracle)(u64 seed, vmid_t vmid, u64 n),
                                 const char *path, int level, struct err *e);

/*
 * A binary log's chunks packed, compressed or not; a cut log stays one, and its streams are the same to the byte.
 */
MUST_CHECK int convert_repack(const char *in, const char *out, int level, struct err *e);
/* The same of a binary log's source of which nothing was taken yet; nothing can be taken of it afterwards. */
MUST_CHECK int convert_repack_source(struct log_source *s, const char *out, int level,
                                     struct err *e);
