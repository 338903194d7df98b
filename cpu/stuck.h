/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Stuck: simulated code broke a rule of the machine. The primitive has changed nothing; the CPU leaves by a jump. */
#include "sim/base/types.h"
#include "sim/log/stuck_rule.h"

struct cpu;

enum { STUCK_MAX_ARGS = 8 };

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

/* Fill the report and leave the call of @c: never returns.  Must run below cpu_call(). */
__attribute__((noreturn, cold)) void stuck(struct cpu *c, enum stuck_rule rule, const char *prim,
                                           u32 n_args, u64 a0, u64 a1);

__attribute__((noreturn, cold)) void stuck_args(struct cpu *c, enum stuck_rule rule,
                                                const char *prim, u32 n, const u64 *args);

/* rely: stuck when @cond is false; behind the rule stand the primitive's arguments. */
#define RELY(c, cond, rule, ...) RELY_OF(__func__, c, cond, rule, __VA_ARGS__)
/* The same in the name of a primitive that is not called as this function is. */
#define RELY_OF(prim, c, cond, rule, ...)                                            \
	do {                                                                         \
		if (unlikely(!(cond))) {                                             \
			const u64 rely_args[] = { __VA_ARGS__ };                     \
			stuck_args(c, rule, prim, ARRAY_SIZE(rely_args), rely_args); \
		}                                                                    \
	} while (0)
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
