/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Stuck: simulated code broke a rule of the machine. The primitive has changed nothing; the CPU leaves by a jump. */
#include "sim/base/types.h"

struct cpu;

enum stuck_rule {
	STUCK_NONE,
#define RULE(id, sentence) STUCK_##id,
#include "cpu/stuck.def"
	STUCK_NR
};

enum { STUCK_MAX_ARGS = 3 };

/**
 * struct stuck - the report
 * @prim: the primitive; a string constant
 * @args: [n_args]
 * The lock states and bars are those of the CPU, which is left as it was.
 */
struct stuck {
	enum stuck_rule rule;
	const char *prim;
	u32 n_args;
	u64 args[STUCK_MAX_ARGS];
};

/* "STUCK_RANGE", and the sentence. */
const char *stuck_name(enum stuck_rule rule);
const char *stuck_sentence(enum stuck_rule rule);

/* Fill the report and leave the call of @c: never returns.  Must run below cpu_call(). */
__attribute__((noreturn, cold)) void stuck(struct cpu *c, enum stuck_rule rule, const char *prim,
                                           u32 n_args, u64 a0, u64 a1);

/* rely: stuck when @cond is false. */
#define RELY1(c, cond, rule, a0)                            \
	do {                                                \
		if (unlikely(!(cond)))                      \
			stuck(c, rule, __func__, 1, a0, 0); \
	} while (0)
#define RELY0(c, cond, rule)                               \
	do {                                               \
		if (unlikely(!(cond)))                     \
			stuck(c, rule, __func__, 0, 0, 0); \
	} while (0)
