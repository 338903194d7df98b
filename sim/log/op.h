/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The atomic operations of the hypervisor, and their events.  [RData.SEVENT] */
#include "sim/base/types.h"

enum hyp_op {
#define OP(function, event, args) OP_##function,
#include "sim/log/op.def"
	HYP_OP_NR
};

/* "map_page_host", "OMAP_HOST", "addr"; "?" beyond the last. */
const char *op_function(u64 op);
const char *op_event(u64 op);
const char *op_args(u64 op);
