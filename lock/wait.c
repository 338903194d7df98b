// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for one's turn.  Tickets are served in order, so with more CPUs than cores a pure spin collapses: the CPU that
 * is next is not running.  A waiter knows its distance (ticket - now) and uses it.
 */
#include "lock/wait.h"

#include "cpu/point.h"
#include "lock/admit.h"
#include "lock/barrier.h"
#include "lock/levels.h"
#include "lock/share.h"
#include "lock/slot.h"
#include "lock/way.h"
#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/base/relax.h"
#include "sim/base/ticks.h"
#include "sim/log/write/writer.h"

enum { SPIN_READS = 64 }; /* one or two microseconds of looking, when next in line */

/* May the CPU stay on its core for a while, @distance tickets from being served? */
static inline bool may_spin(const struct wait_policy *p, u32 distance)
{
	if (p->kind == WAIT_SPIN)
		return true;
	return p->kind != WAIT_YIELD && distance == 1 && p->cores > 1;
}

/* What to do when looking at lock @lk has not helped. */
static void pause_between(struct cpu *c, lk_t lk, u32 ticket)
{
	struct ticket_lock *l = &c->locks->lock[lk];

	if (point_awaits(c)) {
		c->control->await(c, lk, ticket);
		return;
	}
	switch (c->locks->policy.kind) {
	case WAIT_SPIN:
		cpu_relax();
		return;
	case WAIT_YIELD:
	case WAIT_PARK:
	case WAIT_AUTO:
		if (share_sleeps(c))
			slot_park(c, l, ticket);
		else
			share_yield(c);
		return;
	case WAIT_NR:
		break;
	}
}

/* SPIN_READS looks in all, if the one that found @now was the first, or until one finds another number; returns that word. */
static inline u64 spin(struct cpu *c, lk_t lk, u32 now)
{
	const u64 *w = &c->locks->lock[lk].word;
	bool keep = c->keep_reads && log_on(c->log);

	for (u32 looks = 1; looks < SPIN_READS; looks++) {
		u64 word;

		/* Twice: each look takes the word from the core that is about to change it. */
		cpu_relax();
		cpu_relax();
		word = word_get_now(w);
		if (word_now(word) != now)
			return word;
		c->stats.spins++;
		if (unlikely(keep))
			log_get_now(c->log, lk, word);
	}
	return word_make(0, now);
}

/*
 * Wait for @ticket; returns the word in which it was served, whose GET_NOW the caller logs.  Spinning is stuttering: a
 * GET_NOW is an event when it shows another number than the last one did (the first always).
 */
static u64 wait_served(struct cpu *c, lk_t lk, u32 ticket)
{
	struct ticket_lock *l = &c->locks->lock[lk];
	u64 word = word_get_now(&l->word);
	bool log = log_on(c->log), first = true;
	u32 seen = 0;

	for (;;) {
		u32 now = word_now(word);

		if (now == ticket)
			return word;
		if (log && (first || now != seen || c->keep_reads))
			log_get_now(c->log, lk, word);
		seen = now;
		first = false;
		c->stats.spins++;
		cpu_look(c);
		if (may_spin(&c->locks->policy, ticket - now) && !point_awaits(c)) {
			word = spin(c, lk, now);
			if (word_now(word) != now)
				continue;
		}
		pause_between(c, lk, ticket);
		word = word_get_now(&l->word);
		point(c, POINT_LOOKED, lk);
	}
}

/* The slow way of wait_lock: the ticket @word was taken and is not served yet. */
static __attribute__((noinline)) void wait_turn(struct cpu *c, lk_t lk, u64 word)
{
	u64 start = c->timing ? ticks_ns(&c->ticks) : 0;
	u32 ticket = word_ticket(word);

	if (log_on(c->log))
		log_inc_ticket(c->log, lk, word, c->bound);
	/* t >= n + TOTAL_CPU + 1 after the step.  Checks must come after it: nobody else can say how many tickets are out. */
	if (unlikely(ticket - word_now(word) >= c->total_cpu))
		stuck(c, STUCK_TICKETS, "wait_lock", 1, lk, 0);
	c->stats.lock_contended[lk]++;
	c->stats.contended++;
	way_queued(c);
	pub_store(&c->pub.waits, waits_of(lk, ticket));
	point(c, POINT_QUEUED, lk);
	word = wait_served(c, lk, ticket);
	pub_store(&c->pub.waits, 0);
	if (log_on(c->log))
		log_served(c->log, lk, word);
	if (start) {
		u64 ns = ticks_ns(&c->ticks) - start;

		hist_add(&c->stats.wait, ns);
		c->stats.lock_wait_ns[lk] += ns;
		c->stats.lock_wait_max_ns[lk] = max_u64(c->stats.lock_wait_max_ns[lk], ns);
	}
}

/*
 * wait_lock and pass_lock are their shortest way.  What is not always done stands in functions of its own that are called
 * last, so that the way itself saves no registers: a step on the word waits for every store before it.
 */

/* The ticket was served; HOLD_LOCK and barrier follow: BarrierValid -> BarrierNeeded -> BarrierValid. */
static inline void hold(struct cpu *c, lk_t lk, u32 ticket)
{
	c->lock[lk] = LOCK_OWN;
	c->served[lk] = ticket;
	pub_store(&c->pub.held, cpu_held(c) | 1ull << lk);
	c->stats.lock_acquisitions[lk]++;
	barrier_acquire(&c->locks->lock[lk].word);
}

/* The moment that the CPU's last event has in the log, or now. */
static inline u64 moment(const struct cpu *c)
{
	return log_on(c->log) && c->log->timestamps ? c->log->time_last : ticks_ns(&c->ticks);
}

/* INC_TICKET found @word: wait if need be, enter, with all that is done beside. */
static __attribute__((noinline)) void enter_beside(struct cpu *c, lk_t lk, u64 word)
{
	if (word_ticket(word) != word_now(word))
		wait_turn(c, lk, word);
	else if (log_on(c->log))
		log_acquire(c->log, lk, word, c->bound);
	hold(c, lk, word_ticket(word));
	if (unlikely(c->timing))
		c->stats.taken_ns[lk] = moment(c);
	if (log_on(c->log))
		log_barrier(c->log);
	point(c, POINT_HOLD, lk);
}

static inline void enter(struct cpu *c, lk_t lk)
{
	u64 word = word_inc_ticket(&c->locks->lock[lk].word);

	if (unlikely(word_ticket(word) != word_now(word) || c->longer)) {
		enter_beside(c, lk, word);
		return;
	}
	/* Served at once: the word that came back is the GET_NOW too, and one record says all three. */
	hold(c, lk, word_ticket(word));
	if (log_on(c->log))
		log_enter(c->log, lk, word, c->bound);
}

/* A CPU that holds a lock keeps others waiting: it stays out for nobody. */
static __attribute__((noinline)) void enter_late(struct cpu *c, lk_t lk)
{
	if (!cpu_held(c)) {
		if (c->locks->policy.admit && !c->permit)
			admit_before(c);
		way_give(c, lk);
	}
	enter(c, lk);
}

void wait_lock(struct cpu *c, lk_t lk)
{
	if (unlikely(c->env)) {
		wait_lock_steps(c, lk);
		return;
	}
	SIM_ASSERT_DBG(!c->leave_step);
	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, c->lock[lk] == LOCK_FALSE, STUCK_LOCK_TAKEN, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	point(c, POINT_TICKET, lk);
	cpu_look(c);
	if (unlikely(c->gives_way))
		enter_late(c, lk);
	else
		enter(c, lk);
}

/* barrier and incr_now: BarrierValid -> Barriered -> BarrierValid.  Returns the word that the step found. */
static inline u64 leave(struct cpu *c, lk_t lk)
{
	barrier_release(c);
	c->lock[lk] = LOCK_FALSE;
	pub_store(&c->pub.held, cpu_held(c) & ~(1ull << lk));
	/*
	 * Only the holder changes the now half: it is still the ticket with which it came in.  Not to ask the word saves
	 * its line a way between two cores.
	 */
	return word_inc_now(&c->locks->lock[lk].word, c->served[lk]);
}

/* With all that is done beside: hold times, a wake-up, an admission that ends. */
static __attribute__((noinline)) void leave_beside(struct cpu *c, lk_t lk)
{
	u64 word;

	if (log_on(c->log))
		log_barrier(c->log);
	point(c, POINT_PASS, lk);
	word = leave(c, lk);
	if (log_on(c->log))
		log_inc_now(c->log, lk, word);
	if (unlikely(c->timing))
		hist_add(&c->stats.hold, moment(c) - c->stats.taken_ns[lk]);
	point(c, POINT_PASSED, lk);
	if (slot_used(c->locks))
		slot_pass(c, &c->locks->lock[lk], word);
	if (c->permit && !cpu_held(c))
		admit_after(c);
	if (share_dear(c) && !cpu_held(c))
		share_probe(c);
}

/* Somebody sleeps, and it may be the next in line. */
static __attribute__((noinline)) void leave_waking(struct cpu *c, lk_t lk, u64 word)
{
	slot_pass(c, &c->locks->lock[lk], word);
	if (log_on(c->log))
		log_leave(c->log, lk, word);
	if (share_dear(c) && !cpu_held(c))
		share_probe(c);
}

/* The barrier is not the one that incr_now wants before it: one too many, or the one that log_hold wants after it. */
static __attribute__((noreturn, noinline, cold)) void pass_barred(struct cpu *c, lk_t lk)
{
	if (c->bars == BARRIERED)
		stuck(c, STUCK_BARRIER, "barrier", 0, 0, 0);
	stuck(c, STUCK_BARRIER, "pass_lock", 1, lk, 0);
}

void pass_lock(struct cpu *c, lk_t lk)
{
	u64 word;

	if (unlikely(c->env)) {
		pass_lock_steps(c, lk);
		return;
	}
	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	if (unlikely(!BARS_ARE(c, BARRIER_VALID)))
		pass_barred(c, lk);
	if (unlikely(c->longer || c->permit)) {
		leave_beside(c, lk);
		return;
	}
	word = leave(c, lk);
	if (unlikely(slot_used(c->locks))) {
		leave_waking(c, lk, word);
		return;
	}
	if (log_on(c->log))
		log_leave(c->log, lk, word);
}

/* @believe: only the slots on which somebody sleeps, as they say. */
static void wake_all(struct locks *l, bool believe)
{
	for (u32 i = 0; i < MAX_CPU; i++) {
		admit_wake(&l->admission.slot[i]);
		for (u32 lk = 0; lk < ID_END; lk++) {
			if (believe)
				slot_wake(&l->lock[lk].slot[i]);
			else
				slot_rouse(&l->lock[lk].slot[i]);
		}
	}
}

/* Halt and stop are set before this, and the CPUs that hear of it too late to be found here are woken by the next one. */
void locks_wake_all(struct locks *l)
{
	wake_all(l, true);
}

void locks_rouse_all(struct locks *l)
{
	wake_all(l, false);
}
