// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps are those of lock/word.h.  Outside of ThreadSanitizer they are sequentially consistent and order what is done
 * between them; under it they are relaxed, and the two edges of a lock are said here.
 */
#include "lock/flat.h"

#include "cpu/point.h"
#include "lock/share.h"
#include "lock/slot.h"
#include "lock/ticket.h"
#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/base/relax.h"

#if HYPSIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif

enum { SPIN_READS = 64 };

/* The ticket @ticket was taken and is not served yet. */
static __attribute__((noinline)) void wait_turn(struct cpu *c, u32 ticket)
{
	u64 *w = &c->locks->lock[FLATMEM_ID].word, word = word_get_now(w);
	bool may_spin = c->locks->policy.cores > 1;
	u32 spun = 0;

	pub_store(&c->pub.waits, waits_of(FLATMEM_ID, ticket));
	while (word_now(word) != ticket) {
		/* The change is short, but who makes it may not run: only the next in line keeps its core, for a while. */
		if (point_awaits(c))
			c->control->await(c, FLATMEM_ID, ticket);
		else if (may_spin && ticket - word_now(word) == 1 && spun++ < SPIN_READS)
			cpu_relax();
		else if (share_sleeps(c))
			slot_park(c, &c->locks->lock[FLATMEM_ID], ticket);
		else
			share_yield(c);
		/* The others that wait leave as well, and who is in passes the word on to nobody. */
		cpu_look(c);
		word = word_get_now(w);
		point(c, POINT_FLAT_LOOKED, FLATMEM_ID);
	}
	pub_store(&c->pub.waits, 0);
}

void flat_enter(struct cpu *c)
{
	u64 word;
	u32 ticket;

	if (unlikely(c->env))
		return;
	SIM_ASSERT_DBG(!c->leave_step);
	point(c, POINT_FLAT, FLATMEM_ID);
	cpu_look(c);
	word = word_inc_ticket(&c->locks->lock[FLATMEM_ID].word);
	ticket = word_ticket(word);
	if (unlikely(word_now(word) != ticket))
		wait_turn(c, ticket);
	c->leave_step = flat_leave;
	point(c, POINT_FLAT_IN, FLATMEM_ID);
}

/* From who used frames before. */
void flat_use(struct cpu *c)
{
#if HYPSIM_TSAN
	__tsan_acquire(&c->locks->lock[FLATMEM_ID].word);
#else
	(void)c;
#endif
}

/* To who uses them next. */
void flat_used(struct cpu *c)
{
#if HYPSIM_TSAN
	__tsan_release(&c->locks->lock[FLATMEM_ID].word);
#else
	(void)c;
#endif
}

/* Only who is in comes to the number; it is an atomic for those who use no frame, whom no edge orders. */
u32 flat_next(const struct cpu *c)
{
	return __atomic_load_n(&c->locks->lock[FLATMEM_ID].number, __ATOMIC_RELAXED);
}

u32 flat_number(struct cpu *c)
{
	u32 number = flat_next(c);

	__atomic_store_n(&c->locks->lock[FLATMEM_ID].number, number + 1, __ATOMIC_RELAXED);
	return number;
}

void flat_leave(struct cpu *c)
{
	u64 *w = &c->locks->lock[FLATMEM_ID].word, word;

	if (unlikely(c->env))
		return;
	point(c, POINT_FLAT_OUT, FLATMEM_ID);
	c->leave_step = NULL;
	/* Only who is in changes the now half. */
	word = word_inc_now(w, word_now(word_get_now(w)));
	point(c, POINT_FLAT_PASSED, FLATMEM_ID);
	if (unlikely(slot_used(c->locks)))
		slot_pass(c, &c->locks->lock[FLATMEM_ID], word);
}
