// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for one's turn.  Tickets are served in order, so with more CPUs than cores a pure spin collapses: the CPU that
 * is next is not running.  A waiter knows its distance (ticket - now) and uses it.
 *
 * Sleeping (WAIT_PARK): a sleeper sets the slot of its ticket, looks at the word once more and sleeps on the slot; the
 * releaser adds to the word and then looks at the slot of the ticket that is next.  Both do a full barrier between their
 * two steps (an exchange, a fetch_add), so at least one of them sees the other's: no wake-up is lost.  Under
 * ThreadSanitizer these are relaxed like the word (the instructions are the same on x86-64), and the futex is a raw
 * system call: nothing on the way of a lock gives it an edge but barrier().
 */
#include "lock/wait.h"

#include "lock/barrier.h"
#include "lock/levels.h"
#include "lock/relax.h"
#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/log/write/writer.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SLOT_EMPTY = 0, SLOT_SLEEPS = 1 };

enum {
	GIVE_WAY_PAUSES = 3,  /* between two looks of who gives way */
	GIVE_WAY_LOOKS = 8,   /* that show nothing new before the core is given away */
	GIVE_WAY_ROUNDS = 16, /* of these before a ticket is taken all the same */
	SPIN_READS = 64,      /* one or two microseconds of looking, when next in line */
};

static void slot_sleep(u32 *slot)
{
	syscall(SYS_futex, slot, FUTEX_WAIT_PRIVATE, SLOT_SLEEPS, NULL, NULL, 0);
}

/* Returns whether somebody slept there. */
static bool slot_wake(u32 *slot)
{
	if (__atomic_load_n(slot, WORD_ORDER) != SLOT_SLEEPS)
		return false;
	if (__atomic_exchange_n(slot, SLOT_EMPTY, WORD_ORDER) != SLOT_SLEEPS)
		return false;
	syscall(SYS_futex, slot, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return true;
}

/* Sleep until woken, unless the ticket is served already. */
static void park(struct cpu *c, struct ticket_lock *l, u32 ticket)
{
	u32 *slot = &l->slot[ticket % MAX_CPU];

	__atomic_exchange_n(slot, SLOT_SLEEPS, WORD_ORDER);
	if (word_now(word_get_now(&l->word)) != ticket && !flag_get(c->stop) &&
	    !flag_get(c->halt)) {
		c->stats.parks++;
		slot_sleep(slot);
	}
	__atomic_store_n(slot, SLOT_EMPTY, WORD_ORDER);
}

static void yield_core(struct cpu *c)
{
	c->stats.yields++;
	sched_yield();
}

/* May the CPU stay on its core for a while, @distance tickets from being served? */
static inline bool may_spin(const struct wait_policy *p, u32 distance)
{
	if (p->kind == WAIT_SPIN)
		return true;
	return p->kind != WAIT_YIELD && distance == 1 && p->cores > 1;
}

/* What to do when looking has not helped. */
static void pause_between(struct cpu *c, struct ticket_lock *l, u32 ticket)
{
	switch (c->locks->policy.kind) {
	case WAIT_SPIN:
		cpu_relax();
		return;
	case WAIT_YIELD:
	case WAIT_AUTO:
		yield_core(c);
		return;
	case WAIT_PARK:
		park(c, l, ticket);
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
		if (may_spin(&c->locks->policy, ticket - now)) {
			word = spin(c, lk, now);
			if (word_now(word) != now)
				continue;
		}
		pause_between(c, l, ticket);
		word = word_get_now(&l->word);
	}
}

/* The slow way of wait_lock: the ticket @word was taken and is not served yet. */
static __attribute__((noinline)) void wait_turn(struct cpu *c, lk_t lk, u64 word)
{
	u64 start = c->timing ? clock_ns() : 0;
	u32 ticket = word_ticket(word);

	if (log_on(c->log))
		log_inc_ticket(c->log, lk, word, c->bound);
	/* t >= n + TOTAL_CPU + 1 after the step.  Checks must come after it: nobody else can say how many tickets are out. */
	if (unlikely(ticket - word_now(word) >= c->total_cpu))
		stuck(c, STUCK_TICKETS, "wait_lock", 1, lk, 0);
	c->stats.lock_contended[lk]++;
	c->stats.contended++;
	pub_store(&c->pub.waits, waits_of(lk, ticket));
	word = wait_served(c, lk, ticket);
	pub_store(&c->pub.waits, 0);
	if (log_on(c->log))
		log_served(c->log, lk, word);
	if (start) {
		u64 ns = clock_ns() - start;

		hist_add(&c->stats.wait, ns);
		c->stats.lock_wait_ns[lk] += ns;
		c->stats.lock_wait_max_ns[lk] = max_u64(c->stats.lock_wait_max_ns[lk], ns);
	}
}

/*
 * Admission numbers can be handed out faster than an admitted CPU leaves this code, so two CPUs can meet in one slot: the
 * one that is in already, and one that waits MAX_CPU numbers later.  What a slot holds therefore names its number; a CPU
 * takes back its own value only, and who wakes wakes all that sleep there.
 */
static u32 admit_value(u64 number)
{
	return (u32)number << 1 | 1;
}

static void admit_take_back(u32 *slot, u64 number)
{
	u32 own = admit_value(number);

	__atomic_compare_exchange_n(slot, &own, SLOT_EMPTY, false, WORD_ORDER, WORD_ORDER);
}

/* Whatever the slot holds: a later number may have taken it over and given it back already. */
static void admit_wake(u32 *slot)
{
	syscall(SYS_futex, slot, FUTEX_WAKE_PRIVATE, MAX_CPU, NULL, NULL, 0);
}

void locks_wake_all(struct locks *l)
{
	for (u32 i = 0; i < MAX_CPU; i++) {
		admit_wake(&l->admission.slot[i]);
		for (u32 lk = 0; lk < ID_END; lk++)
			slot_wake(&l->lock[lk].slot[i]);
	}
}

/* Wait for admission: a number of one's own, in order. */
static __attribute__((noinline)) void admit_enter(struct cpu *c)
{
	struct admission *a = &c->locks->admission;
	u64 number = __atomic_fetch_add(&a->next, 1, WORD_ORDER);
	u32 *slot = &a->slot[number % MAX_CPU];
	bool waited = false;

	while (number >= __atomic_load_n(&a->served, WORD_ORDER)) {
		__atomic_exchange_n(slot, admit_value(number), WORD_ORDER);
		if (number >= __atomic_load_n(&a->served, WORD_ORDER) && !flag_get(c->stop) &&
		    !flag_get(c->halt))
			syscall(SYS_futex, slot, FUTEX_WAIT_PRIVATE, admit_value(number), NULL,
			        NULL, 0);
		admit_take_back(slot, number);
		waited = true;
		/* A number that stays out does no harm: the machine is ending. */
		cpu_look(c);
	}
	c->stats.admissions += waited;
	c->permit = c->locks->policy.admit_runs;
}

void admit_quit(struct cpu *c)
{
	struct admission *a = &c->locks->admission;
	u64 served;

	if (!c->permit)
		return;
	c->permit = 0;
	served = __atomic_fetch_add(&a->served, 1, WORD_ORDER);
	if (__atomic_load_n(&a->next, WORD_ORDER) <= served)
		return; /* nobody has this number yet: who takes it will see that it is in */
	/* The value goes first: who is on its way to sleep finds another one and looks again. */
	admit_take_back(&a->slot[served % MAX_CPU], served);
	admit_wake(&a->slot[served % MAX_CPU]);
}

/* The outermost lock was released: does somebody else get in now? */
static __attribute__((noinline)) void admit_leave(struct cpu *c)
{
	struct admission *a = &c->locks->admission;

	if (--c->permit > 0)
		return;
	c->permit = 1;
	if (__atomic_load_n(&a->next, WORD_ORDER) > __atomic_load_n(&a->served, WORD_ORDER))
		admit_quit(c);
	else
		c->permit = c->locks->policy.admit_runs;
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

/* INC_TICKET found @word: wait if need be, enter, with all that is done beside. */
static __attribute__((noinline)) void enter_beside(struct cpu *c, lk_t lk, u64 word)
{
	if (word_ticket(word) != word_now(word))
		wait_turn(c, lk, word);
	else if (log_on(c->log))
		log_acquire(c->log, lk, word, c->bound);
	hold(c, lk, word_ticket(word));
	if (unlikely(c->timing))
		c->stats.taken_ns[lk] = clock_ns();
	if (log_on(c->log))
		log_barrier(c->log);
}

static inline void enter(struct cpu *c, lk_t lk)
{
	u64 word = word_inc_ticket(&c->locks->lock[lk].word);

	if (unlikely(word_ticket(word) != word_now(word) || c->timing)) {
		enter_beside(c, lk, word);
		return;
	}
	/* Served at once: the word that came back is the GET_NOW too, and one record says all three. */
	hold(c, lk, word_ticket(word));
	if (log_on(c->log))
		log_enter(c->log, lk, word, c->bound);
}

/*
 * With admission a lock shall be fast before it is fair from one section to the next: who finds somebody inside lets him
 * come back for a while before it takes a ticket, without looking, since a look would take the word away.  Where nothing
 * has moved meanwhile whoever is inside may need this core.
 */
static inline void give_way(struct cpu *c, lk_t lk)
{
	const u64 *w = &c->locks->lock[lk].word;
	u64 word = word_get_now(w);

	for (u32 looks = 1; unlikely(word_ticket(word) != word_now(word)); looks++) {
		u64 before = word;

		for (u32 i = 0; i < GIVE_WAY_PAUSES; i++)
			cpu_relax();
		word = word_get_now(w);
		if (word != before || looks == GIVE_WAY_ROUNDS * GIVE_WAY_LOOKS)
			return;
		if (looks % GIVE_WAY_LOOKS == 0) {
			yield_core(c);
			cpu_look(c);
		}
	}
}

/* A CPU that holds a lock has been let in: it never waits for admission then. */
static __attribute__((noinline)) void enter_admitted(struct cpu *c, lk_t lk)
{
	if (!cpu_held(c)) {
		if (!c->permit)
			admit_enter(c);
		give_way(c, lk);
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
	cpu_look(c);
	if (unlikely(c->locks->policy.admit))
		enter_admitted(c, lk);
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
	u32 next;

	if (log_on(c->log))
		log_barrier(c->log);
	if (unlikely(c->timing))
		hist_add(&c->stats.hold, clock_ns() - c->stats.taken_ns[lk]);
	word = leave(c, lk);
	next = word_now(word) + 1;
	if (log_on(c->log))
		log_inc_now(c->log, lk, word);
	/* More tickets out than the one that was served: the next in line may sleep. */
	if (c->locks->policy.kind == WAIT_PARK && word_ticket(word) != next)
		c->stats.wakes += slot_wake(&c->locks->lock[lk].slot[next % MAX_CPU]);
	if (c->permit && !cpu_held(c))
		admit_leave(c);
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
	if (unlikely(c->timing || c->permit || c->locks->policy.kind == WAIT_PARK)) {
		leave_beside(c, lk);
		return;
	}
	word = leave(c, lk);
	if (log_on(c->log))
		log_leave(c->log, lk, word);
}
