// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/touched.h"

#include "sim/base/rng.h"

#include <string.h>

void touched_reset(struct touched *t)
{
	memset(t->n, 0, sizeof(t->n));
	t->n_ranges = 0;
	for (u32 c = 0; c < MAX_CPU; c++)
		t->cpu[c] = (struct touched_cpu){
			.op = TOUCHED_NO_OP, .outer = TOUCHED_NO_OP, .work = ~0u, .frame = INVALID64
		};
}

/* The states of a VM's vCPUs have rows of their own, the rest of its record has one. */
static u32 row_of(lk_t lk, u32 field, u64 index)
{
	if (obj_kind_of(lk) == OBJ_INFO)
		index = field == F_INFO_vm_vcpu_state ? index + 1 : 0;
	return (u32)(mix64((u64)lk << 32 ^ index) % TOUCHED_ROWS);
}

void touched_diff(struct touched *t, const struct event *e, const struct diff *d, u64 index,
                  u64 value)
{
	const struct touched_cpu *c = &t->cpu[e->cpu];
	struct touch *to;

	if (d->last != d->first) {
		KEEP(t, t->n_ranges);
		to = &t->range[t->n_ranges++ % TOUCHED_RANGES];
	} else {
		u32 row = row_of(e->lk, d->field, d->first);

		KEEP(t, t->n[row]);
		to = &t->row[row][t->n[row]++ % TOUCHED_WAYS];
	}
	KEEP(t, *to);
	*to = (struct touch){ .index = index,
		              .first = d->first,
		              .last = d->last,
		              .value = value,
		              .cpu = e->cpu,
		              .lk = (u8)e->lk,
		              .field = (u8)d->field,
		              .op = c->op,
		              .outside = d->oracle,
		              .work = c->work };
}

static bool fits(const struct touch *t, const struct touched_want *w)
{
	if ((t->cpu == w->cpu) != w->own || t->lk != w->lk)
		return false;
	if (w->field != ~0u && t->field != w->field)
		return false;
	return (obj_kind_of(w->lk) == OBJ_INFO && w->field == ~0u) ||
	       (t->first <= w->index && w->index <= t->last);
}

/* Into @out, in order, the latest first. */
static u32 put(const struct touch *t, struct touch *out, u32 n, u32 max)
{
	u32 at = n;

	while (at > 0 && out[at - 1].index < t->index)
		at--;
	if (at == max)
		return n;
	if (n == max)
		n--;
	memmove(&out[at + 1], &out[at], (n - at) * sizeof(*out));
	out[at] = *t;
	return n + 1;
}

u32 touched_last(const struct touched *t, const struct touched_want *w, struct touch *out, u32 max)
{
	u32 row = row_of(w->lk, w->field, w->index), n = 0;

	for (u64 i = 0; i < t->n[row] && i < TOUCHED_WAYS; i++)
		if (fits(&t->row[row][i], w))
			n = put(&t->row[row][i], out, n, max);
	for (u64 i = 0; i < t->n_ranges && i < TOUCHED_RANGES; i++)
		if (fits(&t->range[i], w))
			n = put(&t->range[i], out, n, max);
	return n;
}
