// SPDX-License-Identifier: GPL-2.0-only
/*
 * One finding for the whole machine.  A bucket counts the time that dear yields took, where several CPUs were away at a
 * time once, and runs empty at one DRAIN-th of that pace: what happens now and then on any host does not fill it.  At FULL_NS
 * the machine counts as shared: its waiters sleep for FIRST_NS, and then try yields again.  In a trial TRIAL_FULL_NS are
 * enough, and the next sleep is twice as long, up to LAST_NS, since each trial costs everybody a time slice.  A trial that
 * goes well for TRIAL_NS ends the finding.
 *
 * All of it is relaxed and may be stale, or be changed by two CPUs at a time: it decides how a CPU waits, never whether
 * somebody is woken (lock/slot.h).
 */
#include "lock/share.h"

#include "sim/base/clock.h"

#include <sched.h>

enum {
	SAMPLE = 4, /* one yield of so many is timed while nothing is suspected */
	DEAR_NS =
		500000, /* no own CPU keeps a core so long: a waiter that is not next gives it away at once */
	DRAIN = 8,
	FULL_NS =
		8000000, /* two time slices and a little, or much of what a hypervisor below takes now and then */
	TRIAL_FULL_NS = 3500000, /* one time slice */
	TRIAL_NS = 100000000,
	FIRST_NS = 100000000,
	LAST_NS = 2000000000,
};

static u64 get(const u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static void set(u64 *p, u64 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static void add(u64 *p, u64 v)
{
	__atomic_fetch_add(p, v, __ATOMIC_RELAXED);
}

/* Waiters sleep from @now on. */
static void sleep_for(struct sharing *s, u64 now, u64 ns)
{
	set(&s->hold_ns, ns);
	set(&s->until_ns, now + ns);
	set(&s->lost_ns, 0);
	add(&s->times, 1);
	add(&s->slept_ns, ns);
}

/* The bucket at @now, where the last dear yield ended at @before. */
static u64 drained(const struct sharing *s, u64 now, u64 before)
{
	u64 lost = get(&s->lost_ns);

	return now < before ? lost : lost - min_u64(lost, (now - before) / DRAIN);
}

static void dear(struct sharing *s, u64 now, u64 cost_ns)
{
	u64 until = get(&s->until_ns), before = get(&s->dear_ns);
	u64 lost = drained(s, now, before);

	add(&s->dear_yields, 1);
	add(&s->dear_sum_ns, cost_ns);
	/* Otherwise it began before the waiters went to sleep, and another CPU has said the same. */
	if (now >= until) {
		if (now > before)
			lost += min_u64(cost_ns, now - before);
		set(&s->lost_ns, lost);
		if (until && lost >= TRIAL_FULL_NS)
			sleep_for(s, now, min_u64(2 * get(&s->hold_ns), LAST_NS));
		else if (lost >= FULL_NS)
			sleep_for(s, now, FIRST_NS);
	}
	set(&s->dear_ns, now);
}

static void cheap(struct sharing *s, u64 now)
{
	u64 until = get(&s->until_ns);

	if (get(&s->lost_ns) && !drained(s, now, get(&s->dear_ns)))
		set(&s->lost_ns, 0);
	if (until && now > until + TRIAL_NS)
		set(&s->until_ns, 0);
}

void share_yield(struct cpu *c)
{
	struct sharing *s = &c->locks->sharing;
	u64 start, now;

	c->stats.yields++;
	if (c->locks->policy.kind != WAIT_AUTO ||
	    (c->stats.yields % SAMPLE && !get(&s->until_ns) && !get(&s->lost_ns))) {
		sched_yield();
		return;
	}
	start = clock_ns();
	sched_yield();
	now = clock_ns();
	if (now - start >= DEAR_NS)
		dear(s, now, now - start);
	else
		cheap(s, now);
}

bool share_dear(const struct cpu *c)
{
	u64 until;

	if (c->locks->policy.kind != WAIT_AUTO)
		return false;
	until = get(&c->locks->sharing.until_ns);
	return until && clock_ns() < until;
}
