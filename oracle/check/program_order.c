// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/program_order.h"

#include "sim/base/vec.h"
#include "sim/log/stuck_rule.h"

#include <stdio.h>
#include <string.h>

static const char *const bar_names[] = { "BarrierValid", "BarrierNeeded", "Barriered" };

struct program_order *program_order_new(const struct checker *c)
{
	struct program_order *s = xcalloc(1, sizeof(*s));

	s->mask = c->mask & (1u << CHK_BARRIER | 1u << CHK_PULL | 1u << CHK_LEAK | 1u << CHK_STUCK);
	if (!c->barriers)
		s->mask &= ~(1u << CHK_BARRIER);
	return s;
}

void program_order_reset(struct checker *c)
{
	struct program_order *s = c->program_order;

	memset(s->cpu, 0, sizeof(s->cpu));
	for (u32 i = 0; i < MAX_CPU; i++)
		s->cpu[i].on = s->mask;
}

void program_order_barred(struct checker *c, struct program *p, enum check_row row,
                          const struct event *e)
{
	p->on &= ~(1u << CHK_BARRIER);
	found(c, row, e, "CPU %u: %s", e->cpu, bar_names[p->bars]);
}

static const char *lock_state(const struct program *p, u64 bit)
{
	if (p->pulled & bit)
		return "LockOwn true";
	return p->held & bit ? "LockOwn false" : "LockFalse";
}

void program_order_unpulled(struct checker *c, struct program *p, enum check_row row,
                            const struct event *e)
{
	p->on &= ~(1u << CHK_PULL);
	found(c, row, e, "CPU %u: %s", e->cpu, lock_state(p, 1ull << e->lk));
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

static __attribute__((noinline)) void leaks(struct checker *c, struct program *p,
                                            enum check_row row, const struct event *e)
{
	char set[160];

	p->on &= ~(1u << CHK_LEAK);
	found(c, row, e, "CPU %u has taken %s", e->cpu, lock_set(p->taken, set, sizeof(set)));
}

static inline void leak(struct checker *c, struct program *p, enum check_row row,
                        const struct event *e)
{
	if (unlikely(p->taken) && !c->halted && p->on >> CHK_LEAK & 1)
		leaks(c, p, row, e);
}

void program_order_ends(struct checker *c, const struct event *e)
{
	struct program *p = &c->program_order->cpu[e->cpu];

	if (e->kind == MARK_END_OP) {
		c->program_order->ops++;
		leak(c, p, ROW_LEAK_OP, e);
	} else if (e->kind == MARK_CLOSE) {
		c->n_closed++;
		leak(c, p, ROW_LEAK_END, e);
	} else if (e->kind == MARK_STUCK) {
		c->program_order->stuck++;
		c->halted = true;
		if (check_on(c, CHK_STUCK))
			found(c, ROW_STUCK_CALL, e, "%s: %s", stuck_name(e->arg),
			      stuck_sentence(e->arg));
	} else if (e->kind == MARK_PANIC || e->kind == MARK_STOPPED) {
		c->halted = true;
	}
}

void program_order_end(struct checker *c)
{
	char set[160];

	if (c->halted)
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		struct program *p = &c->program_order->cpu[i];

		if (!p->taken || !(p->on >> CHK_LEAK & 1))
			continue;
		p->on &= ~(1u << CHK_LEAK);
		found_at_end(c, ROW_LEAK_END, FINDING_NO_LOCK, i, "CPU %u has taken %s", i,
		             lock_set(p->taken, set, sizeof(set)));
	}
}

bool program_order_lock_free(const struct checker *c, lk_t lk)
{
	for (u32 i = 0; i < MAX_CPU; i++)
		if (c->program_order->cpu[i].held >> lk & 1)
			return false;
	return true;
}

void program_order_worst(const struct checker *c, enum check_id id, struct check_verdict *out)
{
	const struct program_order *s = c->program_order;

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
