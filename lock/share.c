// SPDX-License-Identifier: GPL-2.0-only
/*
 * One finding for the whole machine.  A bucket counts the time that dear yields took, where several CPUs were away at a
 * time once, and runs empty at one DRAIN-th of that pace: what happens now and then on any host does not fill it.  When it
 * is full the machine counts as shared, and its waiters sleep.
 *
 * They sleep for hold_ns.  After that CPUs probe: one at a time gives its core away when it has passed a lock on and
 * neither holds one nor has a ticket, so that nobody waits for it.  A dear probe makes the waiters sleep twice as long, up
 * to LAST_NS; PROBES cheap ones in a row bring yields back.  For AGAIN_NS the machine then stays suspect: one time slice
 * makes it shared again, for twice as long as before.
 *
 * All of it is relaxed and may be stale, or be changed by two CPUs at a time: it decides how a CPU waits, never whether
 * somebody is woken (lock/slot.h).
 */
#include "lock/share.h"

#include "sim/base/clock.h"

#include <sched.h>
#include <time.h>

enum {
	SAMPLE = 4, /* one yield of so many is timed while nothing is suspected */
	DEAR_NS =
		500000, /* no own CPU keeps a core so long: a waiter that is not next gives it away at once */
	DRAIN = 8,
	FULL_NS =
		8000000, /* two time slices, or much of what a hypervisor below takes now and then */
	AGAIN_FULL_NS = 3500000, /* one time slice */
	AGAIN_NS = 1000000000,
	FIRST_NS = 50000000,
	LAST_NS = 1000000000,
	PROBES = 64, /* some of them on every core that the machine uses */
	PROBE_GAP_NS = 500000,
	NAP_NS = 50000, /* the kernel takes about as long again */
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

/* Waiters sleep from @now on, and nobody probes for @ns. */
static void sleep_for(struct sharing *s, u64 now, u64 ns)
{
	set(&s->hold_ns, ns);
	set(&s->lost_ns, 0);
	set(&s->probes, 0);
	set(&s->until_ns, now + ns);
	add(&s->times, 1);
	add(&s->slept_ns, ns);
}

static u64 longer(const struct sharing *s)
{
	return min_u64(2 * get(&s->hold_ns), LAST_NS);
}

static bool suspect(const struct sharing *s, u64 now)
{
	u64 back = get(&s->back_ns);

	return back && now < back + AGAIN_NS;
}

/* The bucket at @now, where the last dear yield ended at @before. */
static u64 drained(const struct sharing *s, u64 now, u64 before)
{
	u64 lost = get(&s->lost_ns);

	return now < before ? lost : lost - min_u64(lost, (now - before) / DRAIN);
}

static void count_dear(struct sharing *s, u64 cost_ns)
{
	add(&s->dear_yields, 1);
	add(&s->dear_sum_ns, cost_ns);
}

static void dear(struct sharing *s, u64 now, u64 cost_ns)
{
	u64 before = get(&s->dear_ns), lost = drained(s, now, before);

	count_dear(s, cost_ns);
	set(&s->dear_ns, now);
	/* It began before the waiters went to sleep, and another CPU has said the same. */
	if (get(&s->until_ns))
		return;
	if (now > before)
		lost += min_u64(cost_ns, now - before);
	set(&s->lost_ns, lost);
	if (suspect(s, now) && lost >= AGAIN_FULL_NS)
		sleep_for(s, now, longer(s));
	else if (lost >= FULL_NS)
		sleep_for(s, now, FIRST_NS);
}

static void cheap(struct sharing *s, u64 now)
{
	if (get(&s->lost_ns) && !drained(s, now, get(&s->dear_ns)))
		set(&s->lost_ns, 0);
	if (get(&s->back_ns) && !suspect(s, now))
		set(&s->back_ns, 0);
}

void share_yield(struct cpu *c)
{
	struct sharing *s = &c->locks->sharing;
	u64 start, now;

	c->stats.yields++;
	if (c->locks->policy.kind != WAIT_AUTO ||
	    (c->stats.yields % SAMPLE && !get(&s->lost_ns) && !get(&s->back_ns))) {
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

void share_nap(struct cpu *c, u32 doublings)
{
	const struct timespec nap = { .tv_nsec = (long)NAP_NS << doublings };

	c->stats.naps++;
	nanosleep(&nap, NULL);
}

void share_rest(struct cpu *c)
{
	if (share_sleeps(c))
		share_nap(c, 0);
	else
		share_yield(c);
}

void share_probe(struct cpu *c)
{
	struct sharing *s = &c->locks->sharing;
	u64 until = get(&s->until_ns), start, now;

	if (!until)
		return;
	start = clock_ns();
	/* Who moves the time on is the one that probes. */
	if (start < until ||
	    !__atomic_compare_exchange_n(&s->until_ns, &until, start + PROBE_GAP_NS, false,
	                                 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	c->stats.yields++;
	sched_yield();
	now = clock_ns();
	if (now - start >= DEAR_NS) {
		count_dear(s, now - start);
		sleep_for(s, now, longer(s));
	} else if (get(&s->probes) + 1 < PROBES) {
		add(&s->probes, 1);
	} else {
		set(&s->probes, 0);
		set(&s->back_ns, now);
		set(&s->until_ns, 0);
	}
}
