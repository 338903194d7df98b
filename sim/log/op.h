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

/* A device's access, whoever runs on the CPU: beyond the model. */
static inline bool op_is_dma(u64 op)
{
	return op == OP_dma_load || op == OP_dma_store;
}

/* An access of running code or of a device, which takes no lock. */
static inline bool op_is_access(u64 op)
{
	return op == OP_mem_load || op == OP_mem_store || op == OP_dev_load || op == OP_dev_store ||
	       op_is_dma(op);
}

/* An access that changes nothing. */
static inline bool op_is_load(u64 op)
{
	return op == OP_mem_load || op == OP_dev_load || op == OP_dma_load;
}

/* "walk_s2pt", "OPT_GET", "vmid addr", "pte" ("": it gives nothing); "?" beyond the last. */
const char *op_function(u64 op);
const char *op_event(u64 op);
const char *op_args(u64 op);
const char *op_result(u64 op);
/* How many arguments the operation has. */
u32 op_n_args(u64 op);

/* "map_page_host(addr=0x4000)": the call with its arguments by name.  @n of @args; returns buf. */
const char *op_print(u64 op, u32 n, const u64 *args, char *buf, size_t size);

/*
 * "OPT_GET, pte=0x4003", "OMAP_HOST, the machine halts": the event behind it.  @args: [n] what the mark has behind the
 * operation's number: 1 if the machine has halted in it, and the result; returns buf.
 */
const char *op_print_end(u64 op, u32 n, const u64 *args, char *buf, size_t size);
