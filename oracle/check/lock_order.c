// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/lock_order.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

static void *create(const struct judge *j)
{
	struct lock_order *s = xcalloc(1, sizeof(*s));

	/* Ranks are the hypervisor's.  Other programs may nest their locks as they like, as long as it closes no circle. */
	for (lk_t lk = 0; lk < ID_END && !j->locks.program; lk++)
		for (u32 r = 0; r < LOCK_RANK_NR; r++)
			if (obj_lock_rank(lk) != LOCK_RANK_NONE && obj_lock_rank(lk) >= r)
				s->not_below[r] |= 1ull << lk;
	return s;
}

/* The graph is kept: an order that two episodes break together is broken. */
static void reset(void *own, const struct judge *j)
{
	(void)own;
	(void)j;
}

/* A path from @from to @to along inner[]: writes the locks after @from to path, returns how many, 0 if there is none. */
static u32 find_path(const struct lock_order *s, lk_t from, lk_t to, lk_t path[ID_END])
{
	u8 parent[ID_END];
	u8 queue[ID_END];
	u32 head = 0, tail = 0, n = 0;
	u64 seen = 1ull << from;

	queue[tail++] = (u8)from;
	while (head < tail) {
		lk_t at = queue[head++];

		for (u64 next = s->inner[at] & ~seen; next; next &= next - 1) {
			lk_t lk = (lk_t)__builtin_ctzll(next);

			parent[lk] = (u8)at;
			seen |= 1ull << lk;
			queue[tail++] = (u8)lk;
		}
	}
	if (!(seen >> to & 1))
		return 0;
	for (lk_t at = to; at != from; at = parent[at])
		n++;
	for (lk_t at = to, i = n; at != from; at = parent[at])
		path[--i] = at;
	return n;
}

/* A new edge outer -> inner: does it close a circle?  "NPT:1 -> NPT:2 (CPU 0) -> NPT:1 (CPU 1)". */
static void find_cycle(struct lock_order *s, struct judge *j, const struct event *e, lk_t outer,
                       lk_t inner)
{
	char text[256], name[LOCK_NAME_BYTES];
	lk_t path[ID_END];
	u32 n = find_path(s, inner, outer, path);
	struct fact f[FACTS_MAX];
	lk_t from = inner;
	u32 n_facts = 0;
	int at;

	if (n == 0 || s->cycle)
		return;
	KEEP(j, s->cycle);
	s->cycle = true;
	at = snprintf(text, sizeof(text), "%s", lock_name_of(&j->locks, outer, name, sizeof(name)));
	at += snprintf(text + at, sizeof(text) - (size_t)at, " -> %s (CPU %u)",
	               lock_name_of(&j->locks, inner, name, sizeof(name)), e->cpu);
	f[n_facts++] = fact_object("lock", outer);
	f[n_facts++] = fact_object("lock", inner);
	f[n_facts++] = fact_n("cpu", e->cpu);
	for (u32 i = 0; i < n && n_facts + 2 <= FACTS_MAX; i++) {
		f[n_facts++] = fact_object("lock", path[i]);
		f[n_facts++] = fact_n("cpu", s->example[i ? path[i - 1] : inner][path[i]].cpu);
	}
	for (u32 i = 0; i < n && (size_t)at + LOCK_NAME_BYTES + 20 < sizeof(text); i++) {
		at += snprintf(text + at, sizeof(text) - (size_t)at, " -> %s (CPU %u)",
		               lock_name_of(&j->locks, path[i], name, sizeof(name)),
		               s->example[from][path[i]].cpu);
		from = path[i];
	}
	found_of(&j->findings, ROW_ORDER_CYCLE, e, f, n_facts, "%s", text);
}

void lock_order_nest(struct lock_order *s, struct judge *j, const struct event *e, u64 taken)
{
	u64 wrong = taken & s->not_below[obj_lock_rank(e->lk)];
	u32 depth = (u32)__builtin_popcountll(taken) + 1;

	if (depth > s->depth) {
		KEEP(j, s->depth);
		s->depth = depth;
	}
	for (; taken; taken &= taken - 1) {
		lk_t outer = (lk_t)__builtin_ctzll(taken);
		char name[16];

		if (s->inner[outer] >> e->lk & 1)
			continue;
		KEEP(j, s->inner[outer]);
		KEEP(j, s->example[outer][e->lk]);
		KEEP(j, s->edges);
		s->inner[outer] |= 1ull << e->lk;
		s->example[outer][e->lk] = (struct example){ e->cpu };
		s->edges++;
		if (wrong >> outer & 1)
			found_of(&j->findings, ROW_ORDER_RANK, e,
			         FACTS(fact_object("held", outer),
			               fact_n("held_rank", obj_lock_rank(outer)),
			               fact_object("lock", e->lk),
			               fact_n("rank", obj_lock_rank(e->lk))),
			         "CPU %u holds %s of rank %u; this lock has rank %u", e->cpu,
			         obj_name(outer, name, sizeof(name)), obj_lock_rank(outer),
			         obj_lock_rank(e->lk));
		find_cycle(s, j, e, outer, e->lk);
	}
}

void lock_order_first(struct lock_order *s, struct judge *j)
{
	KEEP(j, s->depth);
	s->depth = 1;
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct lock_order *s = own;

	(void)id;
	if (!s->edges)
		verdict_no_case(j, out);
	else
		snprintf(out->worst, sizeof(out->worst), "max depth %u, %u nestings", s->depth,
		         s->edges);
}

const struct family lock_order_family = {
	.create = create, .free = free, .reset = reset, .verdict = verdict
};
