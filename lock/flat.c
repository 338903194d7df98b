// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps are those of lock/word.h.  Outside of ThreadSanitizer they are sequentially consistent and order what is done
 * between them; under it they are relaxed, and the two edges of a lock are said here.
 */
#include "lock/flat.h"

#include "lock/relax.h"
#include "lock/share.h"
#include "lock/slot.h"
#include "lock/ticket.h"
#include "lock/word.h"

#if HYPSIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif

enum { SPIN_READS = 64 };

/* From who was in before. */
static inline void edge_in(u64 *w)
{
#if HYPSIM_TSAN
	__tsan_acquire(w);
#else
	(void)w;
#endif
}

/* To who comes next. */
static inline void edge_out(u64 *w)
{
#if HYPSIM_TSAN
	__tsan_release(w);
#else
	(void)w;
#endif
}

void flat_enter(struct cpu *c)
{
	u64 *w = &c->locks->lock[FLATMEM_ID].word, word;
	bool may_spin = c->locks->policy.cores > 1;
	u32 ticket, spun = 0;

	if (unlikely(c->env))
		return;
	cpu_look(c);
	word = word_inc_ticket(w);
	ticket = word_ticket(word);
	while (word_now(word) != ticket) {
		/* The change is short, but who makes it may not run: only the next in line keeps its core, for a while. */
		if (may_spin && ticket - word_now(word) == 1 && spun++ < SPIN_READS)
			cpu_relax();
		else if (share_sleeps(c))
			slot_park_through(c, &c->locks->lock[FLATMEM_ID], ticket);
		else
			share_yield(c);
		word = word_get_now(w);
	}
	edge_in(w);
}

u32 flat_number(struct cpu *c)
{
	return c->locks->lock[FLATMEM_ID].number++;
}

void flat_leave(struct cpu *c)
{
	u64 *w = &c->locks->lock[FLATMEM_ID].word, word;

	if (unlikely(c->env))
		return;
	edge_out(w);
	/* Only who is in changes the now half. */
	word = word_inc_now(w, word_now(word_get_now(w)));
	if (unlikely(slot_used(c->locks)))
		slot_pass(c, &c->locks->lock[FLATMEM_ID], word);
}
