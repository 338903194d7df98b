// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/context.h"

#include "sim/base/check.h"
#include "sim/base/large.h"

#include <stddef.h>
#include <string.h>

static void ring_put(struct context_ring *r, const struct context_event *v)
{
	r->v[r->n++ % CONTEXT_BEFORE] = *v;
}

/* Is the finding told by its lock's events (else by its CPU's)? */
static bool by_lock(const struct finding *f)
{
	if (f->lk == FINDING_NO_LOCK)
		return false;
	return check_told_by(f->check) == TOLD_BY_LOCK || f->cpu == FINDING_NO_CPU;
}

static bool is_around(const struct finding *f, const struct context_event *v)
{
	return by_lock(f) ? v->lk == f->lk && !event_is_mark(v->kind) : v->cpu == f->cpu;
}

/* Append @v to what is kept around finding @f. */
static void put_event(struct context_found *x, const struct finding *f,
                      const struct context_event *v)
{
	if (!is_around(f, v) || x->open == 0)
		return;
	if (v->index >= f->index) {
		x->v[x->n++] = *v;
		x->open--;
		return;
	}
	if (x->n == CONTEXT_BEFORE)
		memmove(x->v, x->v + 1, --x->n * sizeof(x->v[0]));
	x->v[x->n++] = *v;
}

static void put_operation(struct context_ops *x, const struct finding *f,
                          const struct context_event *v)
{
	if (!context_is_op(v->kind) || x->open == 0 || v->index > f->index + AROUND_REACH)
		return;
	if (v->index > f->index) {
		x->v[x->n++] = *v;
		x->open--;
		return;
	}
	if (x->n == AROUND_OPS)
		memmove(x->v, x->v + 1, --x->n * sizeof(x->v[0]));
	x->v[x->n++] = *v;
}

/* What event @i of @s is to a person; @lock_n counts each lock's events up to it. */
static struct context_event context_event_of(const struct context_slice *s, u32 i,
                                             u64 lock_n[ID_END])
{
	const struct context_raw *e = &s->ev[i];
	u64 index = s->first + i;

	return (struct context_event){ .index = index,
		                       .at = event_is_mark(e->kind) ? index : lock_n[e->lk]++,
		                       .arg = e->arg,
		                       .kind = e->kind,
		                       .cpu = e->cpu,
		                       .lk = (u8)e->lk };
}

/* All events of @s around finding @f. */
static void put_slice(struct around *a, const struct finding *f, const struct context_slice *s)
{
	u64 lock_n[ID_END];

	memcpy(lock_n, s->lock_n, sizeof(lock_n));
	for (u32 i = 0; i < s->n; i++) {
		struct context_event v = context_event_of(s, i, lock_n);

		put_event(&a->found, f, &v);
		put_operation(&a->ops, f, &v);
	}
}

/* The first slice that is still there; @judging: while one is judged the oldest has made room for it. */
static u64 first_slice(const struct context *h, bool judging)
{
	u64 n = CONTEXT_SLICES - judging;

	return h->n > n ? h->n - n : 0;
}

/* What of it changes with events. */
static void keep_around(struct context *h, struct around *a)
{
	KEEP(h, a->begun);
	KEEP(h, a->found);
	KEEP(h, a->ops);
}

/* What came before finding @f is taken. */
static void begin(struct context *h, struct around *a, const struct finding *f, bool judging)
{
	const struct context_ring *r = by_lock(f)         ? &h->by_lock[f->lk]
	                               : f->cpu < MAX_CPU ? &h->by_cpu[f->cpu]
	                                                  : NULL;

	keep_around(h, a);
	a->begun = true;
	a->found.n = a->ops.n = 0;
	a->found.open = r ? CONTEXT_AFTER + 1 : 0;
	a->ops.open = AROUND_OPS_AFTER;
	for (u64 i = r && r->n > CONTEXT_BEFORE ? r->n - CONTEXT_BEFORE : 0; r && i < r->n; i++)
		put_event(&a->found, f, &r->v[i % CONTEXT_BEFORE]);
	for (u64 i = h->by_op.n > CONTEXT_BEFORE ? h->by_op.n - CONTEXT_BEFORE : 0; i < h->by_op.n;
	     i++)
		put_operation(&a->ops, f, &h->by_op.v[i % CONTEXT_BEFORE]);
	for (u64 i = first_slice(h, judging); i < h->n; i++)
		put_slice(a, f, &h->slice[i % CONTEXT_SLICES]);
	/* Found out too late: what is still there came after it. */
	if (a->found.n && a->found.v[0].index > f->index)
		a->found.n = a->found.open = 0;
	if (a->ops.n && a->ops.v[0].index > f->index)
		a->ops.n = a->ops.open = 0;
}

void context_begin(struct context *h, struct around *a, const struct finding *f)
{
	begin(h, a, f, false);
}

static void keep_rings(struct context *h, u64 locks, u64 cpus)
{
	for (; locks; locks &= locks - 1)
		KEEP(h, h->by_lock[__builtin_ctzll(locks)]);
	for (; cpus; cpus &= cpus - 1)
		KEEP(h, h->by_cpu[__builtin_ctzll(cpus)]);
}

/*
 * The oldest slice is given up; @next follows it.  A lock or CPU that has CONTEXT_BEFORE events in the slices that stay will
 * not need what this one holds: most often there is nothing to do.
 */
static void give_up(struct context *h, const struct context_slice *s,
                    const struct context_slice *next)
{
	bool ops = next->op_n != s->op_n && h->op_n - next->op_n < AROUND_OPS;
	u64 locks = 0, cpus = 0, lock_n[ID_END];

	for (u32 lk = 0; lk < ID_END; lk++)
		if (next->lock_n[lk] != s->lock_n[lk] &&
		    h->lock_n[lk] - next->lock_n[lk] < CONTEXT_BEFORE)
			locks |= 1ull << lk;
	for (u32 c = 0; c < MAX_CPU; c++)
		if (next->cpu_n[c] != s->cpu_n[c] && h->cpu_n[c] - next->cpu_n[c] < CONTEXT_BEFORE)
			cpus |= 1ull << c;
	if (likely(!(locks | cpus) && !ops))
		return;
	if (unlikely(h->journal != NULL))
		keep_rings(h, locks, cpus);
	if (ops)
		KEEP(h, h->by_op);
	memcpy(lock_n, s->lock_n, sizeof(lock_n));
	for (u32 i = 0; i < s->n; i++) {
		const struct context_raw *e = &s->ev[i];
		struct context_event v;

		/* Of a lock that is not wanted nobody asks for the index in its log, unless all of a CPU's events are. */
		if (!(cpus | ops) && (event_is_mark(e->kind) || !(locks >> e->lk & 1)))
			continue;
		v = context_event_of(s, i, lock_n);
		if (locks >> v.lk & 1 && !event_is_mark(v.kind))
			ring_put(&h->by_lock[v.lk], &v);
		if (cpus >> v.cpu & 1)
			ring_put(&h->by_cpu[v.cpu], &v);
		if (ops && context_is_op(v.kind))
			ring_put(&h->by_op, &v);
	}
}

/* A slice that is given up comes back when the one in its place is undone; a place that no slice had needs nothing. */
static void keep_slice(struct context *h, struct context_slice *s)
{
	journal_note(h->journal, s->ev, s->n * sizeof(s->ev[0]));
	journal_note(h->journal, s, offsetof(struct context_slice, ev));
}

void context_next(struct context *h, u64 first)
{
	struct context_slice *s = context_slice(h);

	if (h->n >= CONTEXT_SLICES) {
		if (unlikely(h->journal))
			keep_slice(h, s);
		give_up(h, s, &h->slice[(h->n + 1) % CONTEXT_SLICES]);
	}
	s->first = first;
	copy_large(s->lock_n, h->lock_n, sizeof(s->lock_n));
	copy_large(s->cpu_n, h->cpu_n, sizeof(s->cpu_n));
	s->op_n = h->op_n;
}

void context_judged(struct context *h, u32 n)
{
	context_slice(h)->n = n;
}

void context_around(struct context *h, struct around *a, const struct finding *f, bool begins)
{
	if (begins)
		begin(h, a, f, true);
	if (a->found.open == 0 &&
	    (a->ops.open == 0 || context_slice(h)->first > f->index + AROUND_REACH))
		return;
	keep_around(h, a);
	put_slice(a, f, context_slice(h));
}

void context_over(struct context *h)
{
	KEEP(h, h->n);
	h->n++;
}

/* Put @v behind the @n of @out, without the oldest if there is no room. */
static u32 last_put(struct context_event out[CONTEXT_LAST], u32 n, const struct context_event *v)
{
	if (n == CONTEXT_LAST)
		memmove(out, out + 1, --n * sizeof(*out));
	out[n] = *v;
	return n + 1;
}

u32 context_last(const struct context *h, lk_t lk, struct context_event out[CONTEXT_LAST])
{
	u64 first = first_slice(h, false);
	const struct context_ring *r = &h->by_lock[lk];
	u64 in_slices = h->lock_n[lk];
	u32 n = 0;

	if (h->n)
		in_slices -= h->slice[first % CONTEXT_SLICES].lock_n[lk];
	/* What the ring has is next to the slices only while they have few. */
	for (u64 i = r->n > CONTEXT_BEFORE ? r->n - CONTEXT_BEFORE : 0;
	     i < r->n && in_slices < CONTEXT_BEFORE; i++)
		n = last_put(out, n, &r->v[i % CONTEXT_BEFORE]);
	for (u64 i = first; i < h->n; i++) {
		const struct context_slice *s = &h->slice[i % CONTEXT_SLICES];
		u64 lock_n[ID_END];

		memcpy(lock_n, s->lock_n, sizeof(lock_n));
		for (u32 k = 0; k < s->n; k++) {
			struct context_event v = context_event_of(s, k, lock_n);

			if (v.lk == lk && !event_is_mark(v.kind))
				n = last_put(out, n, &v);
		}
	}
	return n;
}
