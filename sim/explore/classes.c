// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/classes.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

/**
 * struct classes
 * @slot: [slots] a power of two; 0: free
 */
struct classes {
	u64 *slot;
	u64 slots, n, max_slots;
	bool full;
};

struct classes *classes_new(u64 bytes)
{
	struct classes *c = xcalloc(1, sizeof(*c));

	c->slots = c->max_slots = FIRST_SLOTS;
	/* While the set grows both arrays are there. */
	while (c->max_slots * 3 * sizeof(u64) <= bytes)
		c->max_slots *= 2;
	c->slot = xcalloc(c->slots, sizeof(*c->slot));
	return c;
}

void classes_free(struct classes *c)
{
	if (!c)
		return;
	free(c->slot);
	free(c);
}

/* A trace is told by its steps and, of each, by what happens before it. */
u64 class_name(const struct execution *x)
{
	u64 sum = 0;

	for (u32 k = 0; k < x->n; k++) {
		const struct taken *s = &x->step[k];
		u64 h = mix64((u64)s->step.cpu << 48 | (u64)s->step.nth << 32 | s->step.object);

		for (u32 i = 0; i < x->cpus; i += CLOCK_WORD)
			h = mix64(h + clock_word(&s->after, i) + 0x9e3779b97f4a7c15ull);
		sum += h;
	}
	return sum ? sum : 1;
}

/* Has all been done that happens before step number @k of @x? */
static bool is_ready(const struct execution *x, u32 k, const struct clock *done)
{
	const struct taken *s = &x->step[k];

	for (u32 i = 0; i < x->cpus; i++)
		if (s->after.n[i] > done->n[i] + (i == s->step.cpu))
			return false;
	return true;
}

u32 class_rounds(const struct execution *x)
{
	struct clock done = { .n = { 0 } };
	u32 left = x->n, rounds = 0;

	do {
		rounds++;
		for (u32 cpu = 0; cpu < x->cpus; cpu++)
			for (u32 k = 0; k < x->n; k++) {
				const struct step *s = &x->step[k].step;

				if (s->cpu != cpu || s->nth != done.n[cpu] ||
				    !is_ready(x, k, &done))
					continue;
				done.n[cpu]++;
				left--;
			}
	} while (left > 0);
	return rounds;
}

static u64 *find(const struct classes *c, u64 name)
{
	u64 i = mix64(name);

	while (c->slot[i & (c->slots - 1)] && c->slot[i & (c->slots - 1)] != name)
		i++;
	return &c->slot[i & (c->slots - 1)];
}

static void grow(struct classes *c)
{
	u64 *old = c->slot, slots = c->slots;

	c->slots *= 2;
	c->slot = xcalloc(c->slots, sizeof(*c->slot));
	for (u64 i = 0; i < slots; i++)
		if (old[i])
			*find(c, old[i]) = old[i];
	free(old);
}

bool classes_add(struct classes *c, u64 name)
{
	u64 *slot = find(c, name);

	if (*slot)
		return false;
	if (2 * c->n >= c->slots) {
		if (c->slots >= c->max_slots) {
			c->full = true;
			return true;
		}
		grow(c);
		slot = find(c, name);
	}
	*slot = name;
	c->n++;
	return true;
}

u64 classes_count(const struct classes *c)
{
	return c->n;
}

bool classes_full(const struct classes *c)
{
	return c->full;
}

void classes_save(const struct classes *c, struct bytes *b)
{
	bytes_u64(b, c->n);
	for (u64 i = 0; i < c->slots; i++)
		if (c->slot[i])
			bytes_u64(b, c->slot[i]);
}

bool classes_load(struct classes *c, struct bytes_in *in)
{
	u64 n = bytes_get_u64(in);

	for (u64 i = 0; i < n && !in->short_; i++)
		(void)classes_add(c, bytes_get_u64(in));
	return !in->short_;
}
