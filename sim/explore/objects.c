// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/objects.h"

#include "sim/base/rng.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64 };

void objects_free(struct objects *o)
{
	vec_free(&o->v);
	free(o->slot);
}

static u32 *find(const struct objects *o, const struct step *s)
{
	u64 i = mix64((u64)s->kind << 32 | s->object);

	for (;; i++) {
		u32 *slot = &o->slot[i & (o->slots - 1)];

		if (*slot == 0 ||
		    (o->v.v[*slot - 1].kind == s->kind && o->v.v[*slot - 1].object == s->object))
			return slot;
	}
}

static void grow(struct objects *o)
{
	free(o->slot);
	o->slots = o->slots ? 2 * o->slots : FIRST_SLOTS;
	o->slot = xcalloc(o->slots, sizeof(*o->slot));
	for (u32 i = 0; i < o->v.n; i++)
		*find(o, &o->v.v[i]) = i + 1;
}

u32 objects_number(struct objects *o, const struct step *s)
{
	u32 *slot;

	if (2 * o->v.n >= o->slots)
		grow(o);
	slot = find(o, s);
	if (*slot == 0) {
		vec_push(&o->v, *s);
		*slot = o->v.n;
	}
	return *slot - 1;
}
