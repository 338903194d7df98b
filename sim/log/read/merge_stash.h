/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A merge of a file as it stands between two calls of next(), as bytes: a new merge of the same file that reads them goes on exactly as
 * the one that wrote them.  So a log can be read from places in its middle.
 */
#include "sim/base/stash.h"
#include "sim/log/read/merge.h"

/*
 * Write @m, or become what was written.  @m reads a file that nobody writes; to write, what next() has given was taken whole.  Read: false:
 * these are not the bytes of a merge of this file, or a chunk cannot be read; @m is of no use then but for another merge_stash().
 */
bool merge_stash(struct merge *m, struct stash *s);
