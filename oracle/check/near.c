// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/near.h"

#include "sim/base/check.h"

#include <string.h>

static void ring_put(struct near_ring *r, const struct near *v)
{
	r->v[r->n++ % NEAR_BEFORE] = *v;
}

/* Is the finding told by its lock's events (else by its CPU's)? */
static bool by_lock(const struct finding *f)
{
	switch (f->check) {
	case CHK_BARRIER:
	case CHK_ORDER:
	case CHK_LEAK:
	case CHK_STUCK:
		return f->cpu == FINDING_NO_CPU;
	case CHK_MERGE:
	case CHK_QUEUE:
	case CHK_HIGH:
	case CHK_THEOREM:
	case CHK_WRAP:
	case CHK_FIFO:
	case CHK_BOUND:
	case CHK_FAIRNESS:
	case CHK_WAIT:
	case CHK_ORACLE:
	case CHK_PULL:
	case CHK_CONTENTS:
	case CHK_NR:
		break;
	}
	return f->lk != FINDING_NO_LOCK;
}

static bool is_near(const struct finding *f, const struct near *v)
{
	return by_lock(f) ? v->lk == f->lk && !event_is_mark(v->kind) : v->cpu == f->cpu;
}

/* Append @v to what is kept around finding @f. */
static void put(struct near_history *h, const struct finding *f, const struct near *v)
{
	if (!is_near(f, v) || h->open == 0)
		return;
	if (v->index >= f->index) {
		h->found[h->n_found++] = *v;
		h->open--;
		return;
	}
	if (h->n_found == NEAR_BEFORE)
		memmove(h->found, h->found + 1, --h->n_found * sizeof(h->found[0]));
	h->found[h->n_found++] = *v;
}

/* What event @i of @s is to a person; @lock_n counts each lock's events up to it. */
static struct near near_of(const struct near_slice *s, u32 i, u64 lock_n[ID_END])
{
	const struct near_event *e = &s->ev[i];
	u64 index = s->first + i;

	return (struct near){ .index = index,
		              .at = event_is_mark(e->kind) ? index : lock_n[e->lk]++,
		              .arg = e->arg,
		              .kind = e->kind,
		              .cpu = e->cpu,
		              .lk = (u8)e->lk };
}

/* All events of @s around finding @f. */
static void put_slice(struct near_history *h, const struct finding *f, const struct near_slice *s)
{
	u64 lock_n[ID_END];

	memcpy(lock_n, s->lock_n, sizeof(lock_n));
	for (u32 i = 0; i < s->n; i++) {
		struct near v = near_of(s, i, lock_n);

		put(h, f, &v);
	}
}

void near_begin(struct near_history *h, const struct finding *f)
{
	const struct near_ring *r = by_lock(f)         ? &h->by_lock[f->lk]
	                            : f->cpu < MAX_CPU ? &h->by_cpu[f->cpu]
	                                               : NULL;

	h->n_found = 0;
	h->open = NEAR_AFTER + 1;
	if (!r)
		return;
	for (u64 i = r->n > NEAR_BEFORE ? r->n - NEAR_BEFORE : 0; i < r->n; i++)
		put(h, f, &r->v[i % NEAR_BEFORE]);
	for (u64 i = h->n >= NEAR_SLICES ? h->n - NEAR_SLICES + 1 : 0; i < h->n; i++)
		put_slice(h, f, &h->slice[i % NEAR_SLICES]);
}

/*
 * The oldest slice is given up; @next follows it.  A lock or CPU that has NEAR_BEFORE events in the slices that stay will
 * not need what this one holds: most often there is nothing to do.
 */
static void give_up(struct near_history *h, const struct near_slice *s,
                    const struct near_slice *next)
{
	u64 locks = 0, cpus = 0, lock_n[ID_END];

	for (u32 lk = 0; lk < ID_END; lk++)
		if (next->lock_n[lk] != s->lock_n[lk] &&
		    h->lock_n[lk] - next->lock_n[lk] < NEAR_BEFORE)
			locks |= 1ull << lk;
	for (u32 c = 0; c < MAX_CPU; c++)
		if (next->cpu_n[c] != s->cpu_n[c] && h->cpu_n[c] - next->cpu_n[c] < NEAR_BEFORE)
			cpus |= 1ull << c;
	if (likely(!(locks | cpus)))
		return;
	memcpy(lock_n, s->lock_n, sizeof(lock_n));
	for (u32 i = 0; i < s->n; i++) {
		struct near v = near_of(s, i, lock_n);

		if (locks >> v.lk & 1 && !event_is_mark(v.kind))
			ring_put(&h->by_lock[v.lk], &v);
		if (cpus >> v.cpu & 1)
			ring_put(&h->by_cpu[v.cpu], &v);
	}
}

void near_next(struct near_history *h, u64 first)
{
	struct near_slice *s = near_slice(h);

	if (h->n >= NEAR_SLICES)
		give_up(h, s, &h->slice[(h->n + 1) % NEAR_SLICES]);
	s->first = first;
	memcpy(s->lock_n, h->lock_n, sizeof(s->lock_n));
	memcpy(s->cpu_n, h->cpu_n, sizeof(s->cpu_n));
}

void near_judged(struct near_history *h, u32 n, const struct finding *f, bool fresh)
{
	near_slice(h)->n = n;
	if (fresh)
		near_begin(h, f);
	if (f && h->open)
		put_slice(h, f, near_slice(h));
	h->n++;
}
