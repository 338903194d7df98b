// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/run_watch.h"

#include "lock/wait.h"
#include "lock/word.h"
#include "sim/base/clock.h"

#include <stdio.h>

/* INTERRUPTED_MS: after a signal nobody waits longer for a CPU that does not move. */
enum { WATCH_MS = 10, CYCLE_LOOKS = 5, MAX_GAP_MS = 100, INTERRUPTED_MS = 500 };

/**
 * struct place - where a CPU is
 * @progress: operations so far
 * @waits:    its wait, or 0; @ahead: how many are served before it, 0 when nobody is
 */
struct place {
	u64 progress, waits;
	u32 ahead;
};

/**
 * struct watch - what the watch remembers from look to look
 * @looked_ns: when it looked last; @watched_ns: how long it has watched.  What passes between two looks counts up to
 *         MAX_GAP_MS: a process that was stopped, or a host that had no time for the watch, is no stall
 * @place: [cpu] at the last look at which it had moved, and @moved_ms when that was.  Who waits moves when the one before it
 *         has passed the lock on: on a busy host, with many before it, a turn may be long in coming
 * @round: meetings so far, now and at the last look that asked: who has met has moved, however long it took
 */
struct watch {
	u64 start_ns, looked_ns, watched_ns;
	u64 round, round_then;
	struct place place[MAX_CPU];
	u64 moved_ms[MAX_CPU];
	struct wait_cycle cycle;
	u32 same;
};

/* Sleepers look again, and see why; not while a meeting resets the machine.  @stop: the machine is stopped first. */
static void watch_wake(struct runner *r, bool stop)
{
	pthread_mutex_lock(&r->mutex);
	if (stop)
		flag_set(&r->m->stop);
	locks_rouse_all(&r->m->locks);
	pthread_mutex_unlock(&r->mutex);
}

static void watch_deadlock(struct runner *r, struct watch *w, struct run_result *out)
{
	struct wait_cycle now = { 0 };

	if (!watch_cycle(r->m, &now)) {
		w->same = 0;
		return;
	}
	w->same = now.mask == w->cycle.mask && now.waits == w->cycle.waits ? w->same + 1 : 0;
	w->cycle = now;
	if (w->same < CYCLE_LOOKS)
		return;
	out->end = RUN_DEADLOCK;
	r->cycle = now;
	wait_cycle_print(&now, out->text, sizeof(out->text));
	pub_store(&r->deadlocked, now.mask);
	watch_wake(r, true);
}

static struct place place_of(const struct machine *m, const struct cpu *c)
{
	struct place p = { .progress = pub_load(&c->pub.progress),
		           .waits = pub_load(&c->pub.waits) };

	if (p.waits)
		p.ahead = waits_ticket(p.waits) -
		          word_now(word_get_now(&m->locks.lock[waits_lock(p.waits)].word));
	/* Its ticket was passed over: it waits for 2^32 others, which is for ever. */
	if (p.ahead > MAX_CPU)
		p.ahead = 0;
	return p;
}

/* Where each CPU is; not while a meeting resets the machine. */
static void look_around(struct runner *r, struct place *out)
{
	pthread_mutex_lock(&r->mutex);
	for (u32 i = 0; i < r->m->params.cpus; i++)
		out[i] = place_of(r->m, &r->m->cpu[i]);
	pthread_mutex_unlock(&r->mutex);
}

static bool same_place(struct place a, struct place b)
{
	return a.progress == b.progress && a.waits == b.waits && a.ahead == b.ahead;
}

/* Of CPUs that do not move, who is the cause: one whose turn it is, then one that waits for nobody, then the first in a line. */
static u32 cause(struct place p)
{
	return !p.waits ? 1 : p.ahead == 0 ? 0 : 1 + p.ahead;
}

/* The run shall end, and CPU @i does not come to the end of its operation: it leaves where it waits, as all do. */
static void left_behind(struct runner *r, u32 i, u64 ms, struct run_result *out)
{
	snprintf(out->text, sizeof(out->text), "cpu %u had not moved for %llu ms", i,
	         (unsigned long long)ms);
	watch_wake(r, true);
}

/* CPU @i has not moved for as long as it may. */
static void stalled(struct runner *r, u32 i, u64 waits, struct run_result *out)
{
	out->end = RUN_STALL;
	stall_look(r->m, i, r->o->stall_ms, &r->stall);
	snprintf(out->text, sizeof(out->text), "cpu %u has not moved for %llu ms; it waits for %s",
	         i, (unsigned long long)r->o->stall_ms, waits ? "flat memory" : "no lock");
	if (waits && waits_lock(waits) != FLATMEM_ID)
		snprintf(out->text, sizeof(out->text),
		         "cpu %u has not moved for %llu ms; it waits for lock "
		         "%llu, which nobody holds or gives up",
		         i, (unsigned long long)r->o->stall_ms,
		         (unsigned long long)waits_lock(waits));
	watch_wake(r, true);
}

static void watch_stall(struct runner *r, struct watch *w, struct run_result *out)
{
	u64 now_ms = w->watched_ns / 1000000;
	bool wanted = out->end == RUN_INTERRUPTED && r->o->stall_ms > INTERRUPTED_MS;
	u64 limit_ms = wanted ? INTERRUPTED_MS : r->o->stall_ms;
	struct place at[MAX_CPU];
	u32 first = MAX_CPU;

	look_around(r, at);
	for (u32 i = 0; i < r->m->params.cpus; i++) {
		if (!same_place(at[i], w->place[i]) || w->round != w->round_then ||
		    __atomic_load_n(&r->t[i].state, __ATOMIC_RELAXED) != T_RUNS) {
			w->place[i] = at[i];
			w->moved_ms[i] = now_ms;
		} else if (now_ms - w->moved_ms[i] >= limit_ms &&
		           (first == MAX_CPU || cause(at[i]) < cause(at[first]))) {
			first = i;
		}
	}
	if (first < MAX_CPU && wanted)
		left_behind(r, first, now_ms - w->moved_ms[first], out);
	else if (first < MAX_CPU)
		stalled(r, first, at[first].waits, out);
	w->round_then = w->round;
}

/* One look; returns when there is nothing more to say. */
static void watch_once(struct runner *r, struct watch *w, struct run_result *out)
{
	u64 now_ns = clock_ns(), now_ms = (now_ns - w->start_ns) / 1000000;
	int interrupts = r->o->interrupts ? __atomic_load_n(r->o->interrupts, __ATOMIC_RELAXED) : 0;

	w->watched_ns += min_u64(now_ns - w->looked_ns, MAX_GAP_MS * 1000000ull);
	w->looked_ns = now_ns;
	if (r->o->duration_ms && now_ms >= r->o->duration_ms)
		flag_set(&r->done);
	if (interrupts > 0) {
		if (out->end == RUN_DONE)
			out->end = RUN_INTERRUPTED;
		flag_set(&r->done);
	}
	if (flag_get(&r->m->log->slots.failed)) {
		out->end = RUN_LOG_FAILED;
		flag_set(&r->done);
	}
	if (r->o->found && flag_get(r->o->found) && out->end == RUN_DONE) {
		out->end = RUN_FOUND;
		watch_wake(r, true);
	}
	if (interrupts > 1 || flag_get(&r->m->stop) || (flag_get(&r->m->halt) && !r->w->panics)) {
		watch_wake(r, true);
	} else if (flag_get(&r->m->halt)) {
		watch_wake(r, false);
	} else {
		watch_deadlock(r, w, out);
		if (out->end != RUN_DEADLOCK)
			watch_stall(r, w, out);
	}
	if (r->o->progress) {
		u64 ops = 0;

		for (u32 i = 0; i < r->m->params.cpus; i++)
			ops += pub_load(&r->m->cpu[i].pub.progress);
		r->o->progress(r->o->arg, now_ms, ops);
	}
}

void watch_until_ended(struct runner *r, struct run_result *out)
{
	u64 start = clock_ns();
	struct watch w = { .start_ns = start, .looked_ns = start };

	pthread_mutex_lock(&r->mutex);
	while (r->alive > 0) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WATCH_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&r->ended, &r->mutex, &until);
		if (r->alive == 0)
			break;
		w.round = r->round;
		pthread_mutex_unlock(&r->mutex);
		watch_once(r, &w, out);
		pthread_mutex_lock(&r->mutex);
	}
	pthread_mutex_unlock(&r->mutex);
}
