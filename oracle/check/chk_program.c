// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each CPU does in its own order: barriers, pulls and pushes, locks that it leaves behind, stuck calls.
 */
#include "oracle/check/state.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

/* The barrier protocol.  [RData.BarState]  The checker has its own, it shares none with the machine. */
enum bar_state { BAR_VALID, BAR_NEEDED, BAR_BARRIERED };

static const char *const bar_names[] = { "BarrierValid", "BarrierNeeded", "Barriered" };

/**
 * struct program - one CPU
 * @taken:  locks whose ticket it took and has not passed on, bit lk
 * @held:   locks it is inside (LockOwn)
 * @pulled: objects it has pulled (LockOwn true)
 * @off:    checks (bits) that have failed on this CPU
 */
struct program {
	u64 taken, held, pulled;
	enum bar_state bars;
	u32 off;
};

struct programs {
	u64 barriers, pulls, pushes, ops, stuck;
	struct program cpu[MAX_CPU];
};

_Static_assert(ID_END <= 64, "one bit a lock");

struct programs *programs_new(void)
{
	return xcalloc(1, sizeof(struct programs));
}

void programs_reset(struct checker *c)
{
	memset(c->programs->cpu, 0, sizeof(c->programs->cpu));
}

static void barred(struct checker *c, struct program *p, enum check_row row, const struct event *e)
{
	p->off |= 1u << CHK_BARRIER;
	found(c, row, e, "CPU %u: %s", e->cpu, bar_names[p->bars]);
}

/* Where the event wants BarrierValid, the row that says so. */
static enum check_row wants_valid(u32 kind)
{
	switch (kind) {
	case EV_INC_TICKET:
		return ROW_BARRIER_TICKET;
	case EV_GET_NOW:
		return ROW_BARRIER_LOOK;
	case EV_HOLD_LOCK:
		return ROW_BARRIER_HOLD;
	case EV_OPULL:
		return ROW_BARRIER_PULL;
	default:
		return event_is_push(kind) ? ROW_BARRIER_PUSH : CHECK_ROW_NR;
	}
}

static void bars(struct checker *c, struct program *p, const struct event *e)
{
	enum check_row row;

	if (e->kind == MARK_BARRIER) {
		c->programs->barriers++;
		if (p->bars == BAR_BARRIERED)
			barred(c, p, ROW_BARRIER_TWICE, e);
		else
			p->bars = p->bars == BAR_NEEDED ? BAR_VALID : BAR_BARRIERED;
		return;
	}
	/* Flat memory is written outside of sections too: its word is no lock of the protocol. */
	if (event_is_mark(e->kind) || e->lk == FLATMEM_ID)
		return;
	if (e->kind == EV_INC_NOW) {
		if (p->bars != BAR_BARRIERED)
			barred(c, p, ROW_BARRIER_PASS, e);
		p->bars = BAR_VALID;
		return;
	}
	row = wants_valid(e->kind);
	if (row != CHECK_ROW_NR && p->bars != BAR_VALID)
		barred(c, p, row, e);
	if (e->kind == EV_HOLD_LOCK)
		p->bars = BAR_NEEDED;
}

static const char *lock_state(const struct program *p, u64 bit)
{
	if (p->pulled & bit)
		return "LockOwn true";
	return p->held & bit ? "LockOwn false" : "LockFalse";
}

static void unpulled(struct checker *c, struct program *p, enum check_row row,
                     const struct event *e)
{
	p->off |= 1u << CHK_PULL;
	found(c, row, e, "CPU %u: %s", e->cpu, lock_state(p, 1ull << e->lk));
}

/* [RData.LOCK_STATE: LockFalse, LockOwn false, LockOwn true] */
static void pulls(struct checker *c, struct program *p, const struct event *e)
{
	u64 bit = 1ull << e->lk;

	if (e->lk == FLATMEM_ID) {
		if (e->kind != EV_OFLATMEM)
			unpulled(c, p, ROW_PULL_FLATMEM, e);
	} else if (e->kind == EV_OPULL) {
		c->programs->pulls++;
		if (e->arg != e->lk)
			unpulled(c, p, ROW_PULL_ID, e);
		else if (!(p->held & bit))
			unpulled(c, p, ROW_PULL_NOT_HELD, e);
		else if (p->pulled & bit)
			unpulled(c, p, ROW_PULL_TWICE, e);
	} else if (event_is_push(e->kind)) {
		c->programs->pushes++;
		if (e->kind != event_push_of(e->lk))
			unpulled(c, p, ROW_PUSH_KIND, e);
		else if (!(p->pulled & bit))
			unpulled(c, p, ROW_PUSH_NOT_PULLED, e);
	} else if (e->kind == EV_INC_NOW && p->pulled & bit) {
		unpulled(c, p, ROW_PASS_PULLED, e);
	}
}

/* The CPU's lock states after the event. */
static void move(struct program *p, const struct event *e)
{
	u64 bit = 1ull << e->lk;

	if (e->lk == FLATMEM_ID)
		return;
	if (e->kind == EV_INC_TICKET) {
		p->taken |= bit;
	} else if (e->kind == EV_HOLD_LOCK) {
		p->held |= bit;
	} else if (e->kind == EV_OPULL) {
		p->pulled |= bit;
	} else if (event_is_push(e->kind)) {
		p->pulled &= ~bit;
	} else if (e->kind == EV_INC_NOW) {
		p->taken &= ~bit;
		p->held &= ~bit;
		p->pulled &= ~bit;
	}
}

/* "NPT:1, INFO:2": the locks of a set.  Returns buf. */
static const char *lock_set(u64 set, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (; set && at + 24 < size; set &= set - 1) {
		char name[16];
		int n = snprintf(buf + at, size - at, "%s%s", at ? ", " : "",
		                 obj_name((lk_t)__builtin_ctzll(set), name, sizeof(name)));

		at += (size_t)n;
	}
	return buf;
}

static void leak(struct checker *c, struct program *p, enum check_row row, const struct event *e)
{
	char set[160];

	if (!p->taken || c->halted || p->off >> CHK_LEAK & 1)
		return;
	p->off |= 1u << CHK_LEAK;
	found(c, row, e, "CPU %u has taken %s", e->cpu, lock_set(p->taken, set, sizeof(set)));
}

static void stuck_call(struct checker *c, const struct event *e)
{
	char args[160] = "";
	size_t at = 0;

	for (u32 i = 0; i < e->n && i < MAX_MARK_ARGS; i++)
		at += (size_t)snprintf(args + at, sizeof(args) - at, " %llu",
		                       (unsigned long long)e->args[i]);
	found(c, ROW_STUCK_CALL, e, "stuck rule %u%s%s", e->arg, at ? ", arguments" : "", args);
}

static void mark(struct checker *c, struct program *p, const struct event *e)
{
	if (e->kind == MARK_END_OP) {
		c->programs->ops++;
		if (has(c, CHK_LEAK))
			leak(c, p, ROW_LEAK_OP, e);
	} else if (e->kind == MARK_CLOSE) {
		c->n_closed++;
		if (has(c, CHK_LEAK))
			leak(c, p, ROW_LEAK_END, e);
	} else if (e->kind == MARK_STUCK) {
		c->programs->stuck++;
		c->halted = true;
		if (has(c, CHK_STUCK))
			stuck_call(c, e);
	} else if (e->kind == MARK_PANIC || e->kind == MARK_STOPPED) {
		c->halted = true;
	}
}

void programs_pass(struct checker *c)
{
	bool barriers = has(c, CHK_BARRIER) && c->barriers;
	bool pull = has(c, CHK_PULL);

	for (u32 i = 0; i < c->slice_n; i++) {
		const struct event *e = &c->slice[i];
		struct program *p = &c->programs->cpu[e->cpu];

		if (barriers && !(p->off >> CHK_BARRIER & 1))
			bars(c, p, e);
		if (event_is_mark(e->kind)) {
			mark(c, p, e);
			continue;
		}
		if (pull && !(p->off >> CHK_PULL & 1))
			pulls(c, p, e);
		move(p, e);
	}
}

void programs_end(struct checker *c)
{
	char set[160];

	if (!has(c, CHK_LEAK) || c->halted)
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		struct program *p = &c->programs->cpu[i];

		if (!p->taken || p->off >> CHK_LEAK & 1)
			continue;
		p->off |= 1u << CHK_LEAK;
		found_at_end(c, ROW_LEAK_END, FINDING_NO_LOCK, i, "CPU %u has taken %s", i,
		             lock_set(p->taken, set, sizeof(set)));
	}
}

bool programs_lock_free(const struct checker *c, lk_t lk)
{
	for (u32 i = 0; i < MAX_CPU; i++)
		if (c->programs->cpu[i].held >> lk & 1)
			return false;
	return true;
}

void programs_worst(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct programs *s = c->programs;

	out->judged = true;
	if (id == CHK_BARRIER && !c->barriers) {
		out->judged = false;
		snprintf(out->worst, sizeof(out->worst), "log has no barrier marks");
	} else if (id == CHK_BARRIER) {
		snprintf(out->worst, sizeof(out->worst), "%llu barriers",
		         (unsigned long long)s->barriers);
	} else if (id == CHK_PULL) {
		snprintf(out->worst, sizeof(out->worst), "%llu pulls, %llu pushes",
		         (unsigned long long)s->pulls, (unsigned long long)s->pushes);
	} else if (id == CHK_LEAK) {
		snprintf(out->worst, sizeof(out->worst), "%llu operations ended",
		         (unsigned long long)s->ops);
	}
}
