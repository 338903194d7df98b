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

/* Behind the last release: the event of an operation that gives nothing. */
#define OP_END(c, function)                                                                  \
	do {                                                                                 \
		_Static_assert(!OP_GIVES_##function, #function " gives something: OP_GIVE"); \
		op_end(c, OP_##function, 0);                                                 \
	} while (0)

/* The same of one that gives @value, which is also what the macro is: return check(c, OP_GIVE(c, gen_vmid, vmid)). */
#define OP_GIVE(c, function, value)                                                      \
	({                                                                               \
		__typeof__(value) given_ = (value);                                      \
                                                                                         \
		_Static_assert(OP_GIVES_##function, #function " gives nothing: OP_END"); \
		op_end(c, OP_##function, given_);                                        \
		given_;                                                                  \
	})

void op_begin(struct cpu *c, enum hyp_op op, u32 n, const u64 *args);
/* @result: what it gives, unless this CPU has halted the machine in it: then that is 0. */
void op_end(struct cpu *c, enum hyp_op op, u64 result);
