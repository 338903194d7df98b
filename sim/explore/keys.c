// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/keys.h"

#include "sim/base/rng.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256 };

void keys_free(struct keys *k)
{
	vec_free(&k->v);
	free(k->slot);
}

static u32 *find(const struct keys *k, u64 key)
{
	u64 i = mix64(key);

	for (;; i++) {
		u32 *slot = &k->slot[i & (k->slots - 1)];

		if (*slot == 0 || k->v.v[*slot - 1] == key)
			return slot;
	}
}

static void grow(struct keys *k)
{
	free(k->slot);
	k->slots = k->slots ? 2 * k->slots : FIRST_SLOTS;
	k->slot = xcalloc(k->slots, sizeof(*k->slot));
	for (u32 i = 0; i < k->v.n; i++)
		*find(k, k->v.v[i]) = i + 1;
}

u32 keys_number(struct keys *k, u64 key)
{
	u32 *slot;

	if (2 * k->v.n >= k->slots)
		grow(k);
	slot = find(k, key);
	if (*slot == 0) {
		vec_push(&k->v, key);
		*slot = k->v.n;
	}
	return *slot - 1;
}

u32 keys_find(const struct keys *k, u64 key)
{
	u32 number = k->slots ? *find(k, key) : 0;

	return number ? number - 1 : NO_KEY;
}

void keys_clear(struct keys *k)
{
	k->v.n = 0;
	if (k->slots)
		memset(k->slot, 0, k->slots * sizeof(*k->slot));
}
