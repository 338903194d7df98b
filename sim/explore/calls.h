/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A CPU makes the calls of a scope: marks around each, and what it came to. */
#include "cpu/cpu.h"
#include "sim/exec/scope.h"

/**
 * struct called - what a call came to
 * @made: it was begun
 * @did:  of OUT_PANIC the reason is PANIC_NONE where the CPU left a machine that another CPU had halted
 * @regs: of one of the hypervisor's: a hash of what the CPU's registers hold behind it, and who runs there; else 0
 */
struct called {
	bool made;
	struct scope_outcome did;
	u64 regs;
};

/**
 * struct regs_hash - what a call's registers were hashed to last: in most executions they are the same again
 * @known: they were
 */
struct regs_hash {
	struct ctxt regs;
	u64 who, hash;
	bool known;
};

/**
 * calls_make() - make one call
 * @open: the CPU's operation goes on: a call before has left it with a lock; updated
 * @last: of this call, or NULL; updated
 */
void calls_make(struct cpu *c, const struct scope_call *call, bool *open, struct regs_hash *last,
                struct called *out);

/* The call that is open ends where the CPU is left: the machine was stopped, or @deadlock. */
void calls_left(struct cpu *c, bool deadlock);

/* Is it plain that they come to no register of their CPU? */
bool calls_keep_regs(const struct scope_calls *calls);

/* Was it begun and left, because the execution was over for the CPU?  Then nothing can be expected of it. */
bool called_left(const struct called *c);
/* As an expectation says it, or "not made", "cut", "left".  Returns @buf. */
const char *called_print(const struct called *c, char *buf, size_t size);
