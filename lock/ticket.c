// SPDX-License-Identifier: GPL-2.0-only
#include "lock/ticket.h"

#include "lock/barrier.h"
#include "lock/word.h"
#include "sim/log/writer.h"

#include <string.h>

static const char *const wait_names[WAIT_NR] = {
	[WAIT_SPIN] = "spin",
	[WAIT_YIELD] = "yield",
	[WAIT_PARK] = "park",
	[WAIT_AUTO] = "auto",
};

enum wait_kind wait_kind_by_name(const char *name)
{
	u32 k = 0;

	while (k < WAIT_NR && strcmp(wait_names[k], name) != 0)
		k++;
	return (enum wait_kind)k;
}

const char *wait_kind_name(enum wait_kind k)
{
	return k < WAIT_NR ? wait_names[k] : "?";
}

void locks_init(struct locks *l, const struct wait_policy *policy, u32 ticket, u32 now)
{
	memset(l, 0, sizeof(*l));
	l->policy = *policy;
	l->admission.served = policy->admit;
	for (u32 lk = 0; lk < ID_END; lk++)
		l->lock[lk].word = word_make(ticket, now);
}

u32 incr_ticket(struct cpu *c, u32 bound, lk_t lk)
{
	u64 word;

	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	word = word_inc_ticket(&c->locks->lock[lk].word);
	if (log_on(c->log))
		log_inc_ticket(c->log, lk, word, bound);
	return word_ticket(word);
}

u32 get_now(struct cpu *c, lk_t lk)
{
	u64 word;

	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	word = word_get_now(&c->locks->lock[lk].word);
	if (log_on(c->log))
		log_get_now(c->log, lk, word);
	return word_now(word);
}

void log_hold(struct cpu *c, lk_t lk)
{
	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	if (log_on(c->log))
		log_hold_lock(c->log, lk);
	c->hold_word = &c->locks->lock[lk].word;
	c->bars = BARRIER_NEEDED;
}

void incr_now(struct cpu *c, lk_t lk)
{
	u64 *w;
	u64 word;

	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, BARS_ARE(c, BARRIERED), STUCK_BARRIER, lk);
	w = &c->locks->lock[lk].word;
	/* Only the holder changes the now half: what it reads here is what the addition will find. */
	word = word_inc_now(w, word_now(word_get_now(w)));
	if (log_on(c->log))
		log_inc_now(c->log, lk, word);
	c->bars = BARRIER_VALID;
}

void barrier(struct cpu *c)
{
	barrier_step(c);
}
