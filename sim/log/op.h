/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The atomic operations of the hypervisor, and their events.  [RData.SEVENT] */
#include "sim/base/types.h"

#include <stddef.h>

enum hyp_op {
#define OP(function, event, args, result) OP_##function,
#include "sim/log/op.def"
	HYP_OP_NR
};

/* Does an operation give something? */
enum {
#define OP(function, event, args, result) OP_GIVES_##function = sizeof(result) > 1,
#include "sim/log/op.def"
};

/* "walk_s2pt", "OPT_GET", "vmid addr", "pte" ("": it gives nothing); "?" beyond the last. */
const char *op_function(u64 op);
const char *op_event(u64 op);
const char *op_args(u64 op);
const char *op_result(u64 op);

/* "map_page_host(addr=0x4000)": the call with its arguments by name.  @n of @args; returns buf. */
const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size);

/*
 * "OPT_GET, pte=0x4003", "OMAP_HOST, the machine halts": the event behind it.  @args: [n] what the mark has behind the
 * operation's number: 1 if the machine has halted in it, and the result; returns buf.
 */
const char *op_print_end(u64 op, u32 n, const u64 *args, char *buf, size_t size);
