/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Why a machine panicked, by number: a MARK_PANIC carries one, and its values. */
#include "sim/base/types.h"

#include <stddef.h>

enum panic_reason {
	PANIC_NONE,
#define PANIC(id, sentence, values) PANIC_##id,
#include "sim/log/panic.def"
	PANIC_NR
};

enum { PANIC_MAX_VALUES = 4 };

/* "PANIC_PAGE_PRIVATE", its sentence, and "pfn owner count"; "?" beyond the last. */
const char *panic_name(u64 reason);
const char *panic_sentence(u64 reason);
const char *panic_values(u64 reason);
/* How many values it has; 0 beyond the last. */
u32 panic_n_values(u64 reason);
/* The name of value @i, not terminated, of *len bytes; "", of none, when there is no such value. */
const char *panic_value_name(u64 reason, u32 i, size_t *len);

/* "pfn=0x200, owner=3, count=0": the values by name.  @n of @values; returns buf. */
const char *panic_print_values(u64 reason, u32 n, const u64 *values, char *buf, size_t size);
