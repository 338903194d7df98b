// SPDX-License-Identifier: GPL-2.0-only
#include "lock/ticket.h"

#include "cpu/point.h"
#include "lock/barrier.h"
#include "lock/word.h"
#include "sim/log/write/writer.h"

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
	locks_reset(l, ticket, now);
}

void locks_reset(struct locks *l, u32 ticket, u32 now)
{
	memset(l->lock, 0, sizeof(l->lock));
	memset(&l->admission, 0, sizeof(l->admission));
	l->admission.served = l->policy.admit;
	l->sleepers = 0;
	for (u32 lk = 0; lk < LK_SPACE; lk++)
		l->lock[lk].word = word_make(ticket, now);
	l->lock[FLATMEM_ID].number = ticket;
}

/* With a scripted environment: is the ticket fold of the log, as it stands now, Some? */
static bool ticket_ok(struct cpu *c, lk_t lk)
{
	struct env_state s;

	return c->env->fold(c, lk, FOLD_WRAP, &s);
}

u32 incr_ticket(struct cpu *c, u32 bound, lk_t lk)
{
	u64 word;

	RELY(c, lk_is(c, lk), STUCK_RANGE, bound, lk);
	if (ticket_halted(c))
		return 0;
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, bound, lk);
	if (unlikely(c->env)) {
		c->env->query(c, lk);
		/* SOURCE: the fold is that of the log before the new event */
		RELY(c, ticket_ok(c, lk), STUCK_LOG_TICKET, bound, lk);
		c->env->append(c, lk, EV_INC_TICKET, bound);
	}
	point(c, POINT_WORD, lk);
	word = word_inc_ticket(&c->locks->lock[lk].word);
	if (log_on(c->log))
		log_inc_ticket(c->log, lk, word, bound);
	return word_ticket(word);
}

u32 get_now(struct cpu *c, lk_t lk)
{
	u64 word;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	if (ticket_halted(c))
		return 0;
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	if (unlikely(c->env)) {
		c->env->query(c, lk);
		c->env->append(c, lk, EV_GET_NOW, 0);
		RELY(c, ticket_ok(c, lk), STUCK_LOG_TICKET, lk);
	}
	point(c, POINT_WORD, lk);
	word = word_get_now(&c->locks->lock[lk].word);
	if (log_on(c->log))
		log_get_now(c->log, lk, word);
	return word_now(word);
}

void log_hold(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	if (ticket_halted(c))
		return;
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	if (unlikely(c->env))
		c->env->append(c, lk, EV_HOLD_LOCK, 0);
	if (log_on(c->log))
		log_hold_lock(c->log, lk);
	c->hold_word = &c->locks->lock[lk].word;
	c->bars = BARRIER_NEEDED;
}

void incr_now(struct cpu *c, lk_t lk)
{
	u64 *w;
	u64 word;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	if (ticket_halted(c))
		return;
	RELY(c, BARS_ARE(c, BARRIERED), STUCK_BARRIER, lk);
	if (unlikely(c->env))
		c->env->append(c, lk, EV_INC_NOW, 0);
	point(c, POINT_WORD, lk);
	w = &c->locks->lock[lk].word;
	/* Only the holder changes the now half: what it reads here is what the addition will find. */
	word = word_inc_now(w, word_now(word_get_now(w)));
	if (log_on(c->log))
		log_inc_now(c->log, lk, word);
	c->bars = BARRIER_VALID;
}

void barrier(struct cpu *c)
{
	if (ticket_halted(c))
		return;
	barrier_step(c);
}
