// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode_kept.h"

#include "sim/base/check.h"

#include <string.h>

/* Seldom: a place between the writes of a section. */
static __attribute__((cold)) void keep_diffs(const struct decoder *d, struct decoder_kept *k)
{
	for (u64 left = d->differ; left; left &= left - 1) {
		u32 lk = (u32)__builtin_ctzll(left);

		vec_push(&k->n_diffs, d->diffs[lk].n);
		for (u32 i = 0; i < d->diffs[lk].n; i++)
			vec_push(&k->diffs, d->diffs[lk].v[i]);
	}
}

static __attribute__((cold)) void put_diffs_back(struct decoder *d, const struct decoder_kept *k)
{
	u32 at = 0, from = 0;

	for (u64 left = k->differ; left; left &= left - 1) {
		u32 lk = (u32)__builtin_ctzll(left), n = k->n_diffs.v[at++];

		for (u32 i = 0; i < n; i++)
			vec_push(&d->diffs[lk], k->diffs.v[from++]);
	}
}

void decoder_keep(const struct decoder *d, struct decoder_kept *k)
{
	SIM_ASSERT(d->n_more == 0 && !d->barrier_out && !d->has_time);
	k->lk = d->lk;
	k->bound = d->bound;
	k->id = d->id;
	k->kind = d->kind;
	k->time_ns = d->time_ns;
	k->episode = d->episode;
	k->pulled = d->pulled;
	k->differ = d->differ;
	memcpy(k->known, d->known, sizeof(k->known));
	memcpy(k->known_data, d->known_data, sizeof(k->known_data));
	k->n_diffs.n = k->diffs.n = 0;
	if (unlikely(d->differ))
		keep_diffs(d, k);
}

void decoder_go_back(struct decoder *d, const struct decoder_kept *k)
{
	d->n_more = 0;
	d->barrier_out = d->has_time = false;
	d->lk = k->lk;
	d->bound = k->bound;
	d->id = k->id;
	d->kind = k->kind;
	d->time_ns = k->time_ns;
	d->episode = k->episode;
	d->pulled = k->pulled;
	memcpy(d->known, k->known, sizeof(d->known));
	memcpy(d->known_data, k->known_data, sizeof(d->known_data));
	for (u64 left = d->differ; left; left &= left - 1)
		d->diffs[__builtin_ctzll(left)].n = 0;
	d->differ = k->differ;
	if (unlikely(k->differ))
		put_diffs_back(d, k);
}

void decoder_kept_free(struct decoder_kept *k)
{
	vec_free(&k->n_diffs);
	vec_free(&k->diffs);
}
