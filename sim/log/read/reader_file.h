/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Chunks of a log file: header, index, the records of one after the other.  Used by reader.c only. */
#include "sim/base/vec.h"
#include "sim/log/read/decoder.h"
#include "sim/log/read/reader.h"

static inline u8 *reader_ensure(u8 **buf, size_t *cap, size_t n)
{
	n += DECODE_PAD;
	if (n > *cap) {
		free(*buf);
		*buf = xcalloc(1, n);
		*cap = n;
	}
	return *buf;
}

/* reader_next() of a file. */
int reader_file_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e);
