// SPDX-License-Identifier: GPL-2.0-only
#include "lock/levels.h"

#include "lock/word.h"
#include "sim/log/event.h"

/* This CPU's next step on the log and, where it is one, on the word that the environment keeps in step with it. */
static void append(struct cpu *c, lk_t lk, u32 kind, u32 arg)
{
	u64 *w = &c->locks->lock[lk].word;

	c->env->append(c, lk, kind, arg);
	if (kind == EV_INC_TICKET)
		word_inc_ticket(w);
	else if (kind == EV_INC_NOW)
		word_inc_now(w, word_now(word_get_now(w)));
}

static bool folds(struct cpu *c, lk_t lk, enum env_fold fold, struct env_state *s)
{
	return c->env->fold(c, lk, fold, s);
}

void wait_lock_steps(struct cpu *c, lk_t lk)
{
	struct env_state s;
	u32 ticket;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_FALSE, STUCK_LOCK_TAKEN, lk);
	ticket = incr_ticket(c, c->bound, lk);
	RELY(c, folds(c, lk, FOLD_WRAP, &s), STUCK_LOG_TICKET, lk);
	RELY(c, (u32)(s.t - s.n) <= c->total_cpu, STUCK_TICKETS, lk);
	for (u64 rounds = s.wait_time; get_now(c, lk) != ticket;)
		RELY(c, --rounds > 0, STUCK_WAIT_TIME, lk);
	log_hold(c, lk);
	barrier(c);
	c->lock[lk] = LOCK_OWN;
}

void pass_lock_steps(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	barrier(c);
	incr_now(c, lk);
	c->lock[lk] = LOCK_FALSE;
}

/* INC_TICKET, at most CalWaitTime looks, HOLD_LOCK, over a fold of tickets.  [CalTicketWait, CalTicketWaitWraparound] */
static void wait_ticket(struct cpu *c, lk_t lk, enum env_fold fold)
{
	struct env_state s, look;

	c->env->query(c, lk);
	append(c, lk, EV_INC_TICKET, LOCK_BOUND);
	RELY(c, folds(c, lk, fold, &s), STUCK_LOG_TICKET, lk);
	/* SOURCE: only wait_lock_spec asks how many tickets are out */
	if (fold == FOLD_TICKET)
		RELY(c, s.t <= s.n + c->total_cpu, STUCK_TICKETS, lk);
	for (u64 rounds = s.wait_time;; rounds--) {
		RELY(c, rounds > 0, STUCK_WAIT_TIME, lk);
		c->env->query(c, lk);
		append(c, lk, EV_GET_NOW, 0);
		RELY(c, folds(c, lk, fold, &look), STUCK_LOG_TICKET, lk);
		if (look.n == (fold == FOLD_WRAP ? (u32)(s.t - 1) : s.t - 1))
			break;
	}
	append(c, lk, EV_HOLD_LOCK, 0);
}

void wait_lock_spec(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	wait_ticket(c, lk, FOLD_TICKET);
}

void pass_lock_spec(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	append(c, lk, EV_INC_NOW, 0);
}

void wait_lock_spec_wraparound(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	wait_ticket(c, lk, FOLD_WRAP);
}

void pass_lock_spec0(struct cpu *c, lk_t lk)
{
	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	append(c, lk, EV_INC_NOW, 0);
}

void wait_qlock(struct cpu *c, lk_t lk)
{
	struct env_state s;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_FALSE, STUCK_LOCK_TAKEN, lk);
	c->env->query(c, lk);
	append(c, lk, EV_INC_TICKET, LOCK_BOUND);
	RELY(c, folds(c, lk, FOLD_QUEUE, &s), STUCK_LOG_QUEUE, lk);
	for (u64 rounds = s.wait_time;; rounds--) {
		RELY(c, rounds > 0, STUCK_WAIT_TIME, lk);
		c->env->query(c, lk);
		append(c, lk, EV_GET_NOW, 0);
		RELY(c, folds(c, lk, FOLD_QUEUE, &s) && s.head != MAX_CPU, STUCK_LOG_QUEUE, lk);
		if (s.head == c->id)
			break;
	}
	append(c, lk, EV_HOLD_LOCK, 0);
	RELY(c, folds(c, lk, FOLD_QUEUE, &s), STUCK_LOG_QUEUE, lk);
	c->lock[lk] = LOCK_OWN;
}

void pass_qlock(struct cpu *c, lk_t lk)
{
	struct env_state s;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	append(c, lk, EV_INC_NOW, 0);
	RELY(c, folds(c, lk, FOLD_QUEUE, &s), STUCK_LOG_QUEUE, lk);
	c->lock[lk] = LOCK_FALSE;
}

void wait_hlock(struct cpu *c, lk_t lk)
{
	struct env_state s;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_FALSE, STUCK_LOCK_TAKEN, lk);
	c->env->query(c, lk);
	append(c, lk, EV_WAIT_LOCK, LOCK_BOUND);
	RELY(c, folds(c, lk, FOLD_HIGH, &s), STUCK_LOG_HIGH, lk);
	c->lock[lk] = LOCK_OWN;
}

void pass_hlock(struct cpu *c, lk_t lk)
{
	struct env_state s;

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	RELY(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	append(c, lk, EV_REL_LOCK, 0);
	RELY(c, folds(c, lk, FOLD_HIGH, &s), STUCK_LOG_HIGH, lk);
	c->lock[lk] = LOCK_FALSE;
}
