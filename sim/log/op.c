// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *function, *event, *args, *result;
} rows[HYP_OP_NR] = {
#define OP(f, e, a, r) [OP_##f] = { #f, #e, a, r },
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

const char *op_result(u64 op)
{
	return op < HYP_OP_NR ? rows[op].result : "?";
}

/* Small numbers, which people know in decimal; the others are addresses, frames, entries. */
static bool is_small(const char *name, size_t len)
{
	static const char *const small[] = { "vmid", "vcpuid",   "cbndx", "index",  "level",
		                             "reg",  "load_idx", "on",    "inc_exe" };

	for (u32 i = 0; i < ARRAY_SIZE(small); i++)
		if (strlen(small[i]) == len && memcmp(small[i], name, len) == 0)
			return true;
	return false;
}

/* "vmid=3", "addr=0x4000": @value, with the first @len bytes of @name.  Returns what snprintf() does. */
static size_t print_named(const char *name, size_t len, u64 value, char *buf, size_t size)
{
	return (size_t)snprintf(buf, size,
	                        is_small(name, len) || value == 0 ? "%.*s%s%" PRIu64
	                                                          : "%.*s%s0x%" PRIx64,
	                        (int)len, name, len ? "=" : "", value);
}

const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size)
{
	const char *name = op < HYP_OP_NR ? rows[op].args : "";
	size_t at = (size_t)snprintf(buf, size, "%s(", op_function(op));

	for (u32 i = 0; i < n && at < size; i++) {
		size_t len = strcspn(name, " ");

		at += (size_t)snprintf(buf + at, size - at, "%s", i ? ", " : "");
		if (at < size)
			at += print_named(name, len, args[i], buf + at, size - at);
		name += len + (name[len] == ' ');
	}
	if (at < size)
		snprintf(buf + at, size - at, ")");
	return buf;
}

const char *op_print_end(u64 op, u32 n, const u64 *args, char *buf, size_t size)
{
	const char *result = op < HYP_OP_NR ? rows[op].result : "";
	bool halted = n > 0 && args[0];
	size_t at = (size_t)snprintf(buf, size, "%s%s", op_event(op),
	                             halted ? ", the machine halts" : "");

	if (*result && !halted && at < size)
		at += (size_t)snprintf(buf + at, size - at, ", ");
	if (*result && !halted && at < size)
		print_named(result, strlen(result), n > 1 ? args[1] : 0, buf + at, size - at);
	return buf;
}
