/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * An operation of the hypervisor that the top of the proofs sees as one step brackets what it does: its name and
 * arguments before, its atomic event behind, also when the machine halts in it.
 */
#include "cpu/cpu.h"
#include "sim/log/op.h"

/* Arguments of an operation. */
enum { OP_ARGS = 5 };

/* Before the first lock: OP_BEGIN(c, map_page_host, addr).  At most OP_ARGS arguments. */
#define OP_BEGIN(c, function, ...)                                                     \
	op_begin(c, OP_##function, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), \
	         (const u64[]){ __VA_ARGS__ })

/* Behind the last release: the event. */
#define OP_END(c, function) op_end(c, OP_##function)

void op_begin(struct cpu *c, enum hyp_op op, u32 n, const u64 *args);
void op_end(struct cpu *c, enum hyp_op op);
