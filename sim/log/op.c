// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/op.h"

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
