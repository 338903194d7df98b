/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Numbers as people write them, in options, and as they are shown to them. */
#include "sim/base/types.h"

/* "1000", "0x3e8", "1e3", "1.5e6": a whole number below 2^64, all @len bytes of it. */
bool number_parse(const char *s, size_t len, u64 *out);

/* The same, or a size with K, M, G or T behind it (of 1024), in bytes; a number alone counts units of @unit bytes. */
bool number_parse_size(const char *s, size_t len, u64 unit, u64 *out);

/* Longest text of number_hex(), its end included. */
enum { NUMBER_TEXT = 24 };

/* "7", "0x210": how page numbers, addresses, entries and what stands among them are written in every text.  Returns @buf. */
const char *number_hex(u64 v, char buf[static NUMBER_TEXT]);

/* Longest text of number_duration(), its end included. */
enum { DURATION_TEXT = 32 };

/* "95 s", "12 min", "30 h", "2.5 days"; seconds with @digits behind the point.  Returns @buf. */
const char *number_duration(double seconds, int digits, char buf[static DURATION_TEXT]);
