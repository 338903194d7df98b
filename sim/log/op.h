/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The atomic operations of the hypervisor, and their events.  [RData.SEVENT] */
#include "sim/base/types.h"

#include <stddef.h>

enum hyp_op {
#define OP(function, event, args) OP_##function,
#include "sim/log/op.def"
	HYP_OP_NR
};

/* "map_page_host", "OMAP_HOST", "addr"; "?" beyond the last. */
const char *op_function(u64 op);
const char *op_event(u64 op);
const char *op_args(u64 op);

/* "map_page_host(addr=0x4000)": the call with its arguments by name.  @n of @args; returns buf. */
const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size);
