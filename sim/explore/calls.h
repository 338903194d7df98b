/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A CPU makes the calls of a scope: marks around each, and what it came to. */
#include "cpu/cpu.h"
#include "sim/exec/scope.h"

/**
 * struct called - what a call came to
 * @value:  0 where the call gives none
 * @rule, @panic: of OUT_STUCK, and of OUT_PANIC (of the CPU that halted the machine; @panic.n and reason 0 of one that only left)
 * @made:   it was begun
 */
struct called {
	bool made;
	enum outcome outcome;
	u64 value;
	enum stuck_rule rule;
	struct panic_report panic;
};

/**
 * calls_make() - make one call
 * @open:   the CPU's operation goes on: a call before has left it with a lock; updated
 */
void calls_make(struct cpu *c, const struct scope_call *call, bool *open, struct called *out);

/* The call that is open ends where the CPU is left: the machine was stopped, or @deadlock. */
void calls_left(struct cpu *c, bool deadlock);

/* Does @out hold what @e says? */
bool calls_as_expected(const struct scope_call *call, const struct scope_expect *e,
                       const struct called *out);
/* "ok", "7", "stuck STUCK_RANGE", "panic PANIC_PAGE_PRIVATE 512 1 0": as an expectation says it.  Returns @buf. */
const char *called_print(const struct scope_call *call, const struct called *out, char *buf,
                         size_t size);
