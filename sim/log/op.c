// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *function, *event, *args;
} rows[HYP_OP_NR] = {
#define OP(f, e, a) [OP_##f] = { #f, #e, a },
#include "sim/log/op.def"
};

const char *op_function(u64 op)
{
	return op < HYP_OP_NR ? rows[op].function : "?";
}

const char *op_event(u64 op)
{
	return op < HYP_OP_NR ? rows[op].event : "?";
}

const char *op_args(u64 op)
{
	return op < HYP_OP_NR ? rows[op].args : "?";
}

/* Small numbers, which people know in decimal; the others are addresses, frames, entries. */
static bool is_small(const char *name, size_t len)
{
	static const char *const small[] = { "vmid",  "vcpuid", "cbndx",   "index",
		                             "level", "reg",    "load_idx" };

	for (u32 i = 0; i < ARRAY_SIZE(small); i++)
		if (strlen(small[i]) == len && memcmp(small[i], name, len) == 0)
			return true;
	return false;
}

const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size)
{
	const char *name = op < HYP_OP_NR ? rows[op].args : "";
	size_t at = (size_t)snprintf(buf, size, "%s(", op_function(op));

	for (u32 i = 0; i < n && at < size; i++) {
		size_t len = strcspn(name, " ");

		at += (size_t)snprintf(buf + at, size - at, "%s%.*s%s", i ? ", " : "", (int)len,
		                       name, len ? "=" : "");
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at,
			                       is_small(name, len) || args[i] == 0 ? "%" PRIu64
			                                                           : "0x%" PRIx64,
			                       args[i]);
		name += len + (name[len] == ' ');
	}
	if (at < size)
		snprintf(buf + at, size - at, ")");
	return buf;
}
