// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/cpu.h"

#include "sim/base/check.h"

const char *bars_name(enum bars b)
{
	switch (b) {
	case BARRIER_VALID:
		return "BarrierValid";
	case BARRIER_NEEDED:
		return "BarrierNeeded";
	case BARRIERED:
		return "Barriered";
	}
	return "?";
}

const char *lock_state_name(enum lock_state s)
{
	switch (s) {
	case LOCK_FALSE:
		return "LockFalse";
	case LOCK_OWN:
		return "LockOwn false";
	case LOCK_OWN_PULLED:
		return "LockOwn true";
	}
	return "?";
}

bool cpu_halted_how(struct cpu *c)
{
	if (!c->panicked && !c->env)
		cpu_leave(c, OUT_PANIC);
	return true;
}

u32 check(struct cpu *c, u32 n)
{
	return cpu_halted(c) ? 0 : n;
}

u64 check64(struct cpu *c, u64 n)
{
	return cpu_halted(c) ? 0 : n;
}

void cpu_leave(struct cpu *c, enum outcome why)
{
	SIM_ASSERT(c->in_call);
	SIM_ASSERT(why != OUT_OK);
	if (c->leave_step)
		c->leave_step(c);
	siglongjmp(c->jump, (int)why);
}

void stuck_args(struct cpu *c, enum stuck_rule rule, const char *prim, u32 n, const u64 *args)
{
	SIM_ASSERT(n <= STUCK_MAX_ARGS);
	c->stuck = (struct stuck){ .rule = rule, .prim = prim, .n_args = n };
	for (u32 i = 0; i < n; i++)
		c->stuck.args[i] = args[i];
	cpu_leave(c, OUT_STUCK);
}

void stuck(struct cpu *c, enum stuck_rule rule, const char *prim, u32 n_args, u64 a0, u64 a1)
{
	u64 args[] = { a0, a1 };

	stuck_args(c, rule, prim, n_args, args);
}
