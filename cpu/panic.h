/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Panic: the hypervisor gives up, and the machine goes down. */
#include "sim/log/panic_reason.h"

struct cpu;

/**
 * struct panic_report - why
 * @values: [n], as the reason's row of sim/log/panic.def names them
 * @first:  no other CPU had halted the machine
 */
struct panic_report {
	enum panic_reason reason;
	u32 n;
	u64 values[PANIC_MAX_VALUES];
	bool first;
};

/**
 * panic() - panic(c, PANIC_PAGE_PRIVATE, pfn, owner, count): the machine goes down
 *
 * This CPU's call goes on with zeros; the others leave theirs.  Its stream says so at once, and c->panic is the report; what
 * else it calls panic for in the same call says nothing new.  The values are as many as the reason has names.
 *
 * Source: AbstractMachineSpec, panic_spec
 */
#define panic(c, reason, ...)                                                        \
	panic_because(c, reason, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), \
	              (const u64[]){ __VA_ARGS__ })

__attribute__((cold)) void panic_because(struct cpu *c, enum panic_reason reason, u32 n,
                                         const u64 *values);

/* The bare primitive: panic for no reason but that it was called. */
void panic_called(struct cpu *c);
