// SPDX-License-Identifier: GPL-2.0-only
/*
 * deadlock: two locks of one rank, taken in one order by the even CPUs and in the other by the odd ones.  The run ends
 * with the cycle named; the log shows the breach of the lock order even when the cycle was not closed.
 */
#include "lock/share.h"
#include "lock/wait.h"
#include "scenarios/scenario.h"

static const char *const deadlock_ops[] = { "two_locks", NULL };

static void deadlock_choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	lk_t a = NPT_ID + 1, b = NPT_ID + 2;

	(void)arg;
	(void)n;
	(void)r;
	*op = (struct operation){ .n_args = 2, .args = { cpu % 2 ? b : a, cpu % 2 ? a : b } };
}

static void deadlock_execute(struct cpu *c, void *arg, struct operation *op)
{
	lk_t first = (lk_t)op->args[0], second = (lk_t)op->args[1];

	(void)arg;
	wait_lock(c, first);
	/* The other CPU gets its chance here, however few cores the host has. */
	share_rest(c);
	wait_lock(c, second);
	pass_lock(c, second);
	pass_lock(c, first);
}

static int deadlock_begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	(void)setup;
	(void)e;
	*w = (struct workload){ .op_names = deadlock_ops,
		                .choose = deadlock_choose,
		                .execute = deadlock_execute };
	return 0;
}

static void deadlock_end(struct workload *w)
{
	(void)w;
}

static const struct scenario_option no_options[] = { { NULL, NULL, 0, 0, 0 } };

const struct scenario scenario_deadlock = {
	.name = "deadlock",
	.sentence = "two page-table locks, taken in opposite orders by even and odd CPUs",
	.aim = "shows how a deadlock is found and named; it is expected to fail",
	.expected = VERDICT_VIOLATION,
	.cpus = 2,
	.min_cpus = 2,
	.wait = WAIT_AUTO,
	.options = no_options,
	.begin = deadlock_begin,
	.end = deadlock_end,
};
