// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/op.h"

#include "sim/base/named.h"

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

u32 op_n_args(u64 op)
{
	const char *p = op_args(op);
	u32 n = *p != '\0';

	for (; *p; p++)
		n += *p == ' ';
	return n;
}

const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%s(", op_function(op));

	if (at < size)
		at += strlen(named_list(op < HYP_OP_NR ? rows[op].args : "", n, args, buf + at,
		                        size - at));
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
		named_print(result, strlen(result), n > 1 ? args[1] : 0, buf + at, size - at);
	return buf;
}
