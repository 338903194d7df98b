// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decoder_stash.h"

static const u64 all_locks = (1ull << ID_END) - 1;

static void stash_step(struct decode_step *t, struct stash *s)
{
	u32 lk = t->lk;

	stash_u8(s, &t->op);
	stash_below(s, &lk, ID_END);
	t->lk = (u8)lk;
	stash_u8(s, &t->flags);
	stash_u32(s, &t->bound);
	stash_u64(s, &t->word);
	stash_u64(s, &t->time_ns);
}

/* A difference that waits for its push, of object @lk. */
static void stash_diff(struct diff *d, lk_t lk, struct stash *s)
{
	u32 field = d->field, vmid = d->vmid;

	stash_below(s, &field, obj_n_fields(obj_kind_of(lk)));
	stash_below(s, &vmid, N_VMID);
	d->field = (u16)field;
	d->vmid = (vmid_t)vmid;
	stash_bool(s, &d->both);
	stash_bool(s, &d->oracle);
	stash_u64(s, &d->first);
	stash_u64(s, &d->last);
	stash_u64(s, &d->old);
	stash_u64(s, &d->new);
	if (!obj_index_ok(lk, field, d->first) || !obj_index_ok(lk, field, d->last) ||
	    d->first > d->last)
		s->bad |= s->load;
}

static void stash_diffs(struct decoder *d, struct stash *s)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		u32 n = d->diffs[lk].n;

		stash_u32(s, &n);
		if (!s->load) {
			for (u32 i = 0; i < n; i++)
				stash_diff(&d->diffs[lk].v[i], (lk_t)lk, s);
			continue;
		}
		d->diffs[lk].n = 0;
		for (u32 i = 0; i < n && !s->bad; i++) {
			struct diff one = { .field = 0 };

			stash_diff(&one, (lk_t)lk, s);
			vec_push(&d->diffs[lk], one);
		}
	}
}

/* Most logs have none. */
static void stash_skipped(struct decoder *d, struct stash *s)
{
	u32 n = 0;

	for (u32 i = 0; i < MARK_SKIPPABLE; i++)
		n += d->skipped[i] != 0;
	stash_below(s, &n, MARK_SKIPPABLE + 1);
	if (s->load) {
		for (u32 i = 0; i < MARK_SKIPPABLE; i++)
			d->skipped[i] = 0;
		for (u32 k = 0; k < n; k++) {
			u32 i = 0;

			stash_below(s, &i, MARK_SKIPPABLE);
			stash_u64(s, &d->skipped[i]);
		}
		return;
	}
	for (u32 i = 0; i < MARK_SKIPPABLE; i++) {
		if (!d->skipped[i])
			continue;
		stash_below(s, &i, MARK_SKIPPABLE);
		stash_u64(s, &d->skipped[i]);
	}
}

void decoder_stash(struct decoder *d, struct stash *s)
{
	u32 digest_len = d->digest_len;

	stash_bool(s, &d->barrier_out);
	stash_bool(s, &d->has_time);
	stash_or_none(s, &d->lk, ID_END);
	stash_u32(s, &d->bound);
	stash_or_none(s, &d->id, ~0u);
	stash_or_none(s, &d->kind, OBJ_NR);
	stash_u64(s, &d->time_ns);
	stash_u64(s, &d->episode);
	stash_step(&d->step, s);
	stash_u64(s, &d->digest);
	stash_below(s, &digest_len, 9);
	d->digest_len = (u8)digest_len;
	stash_below(s, &d->n_access, ACCESS_MAX_ARGS + 1);
	for (u32 i = 0; i < d->n_access; i++)
		stash_u64(s, &d->access[i]);
	stash_mask(s, &d->pulled, all_locks);
	stash_mask(s, &d->differ, all_locks);
	for (u32 lk = 0; lk < ID_END; lk++)
		stash_u64(s, &d->known[lk]);
	for (u32 vm = 0; vm < N_VMID; vm++)
		stash_u64(s, &d->known_data[vm]);
	stash_below(s, &d->n_more, LOG_MAX_MORE + 1);
	stash_bytes(s, d->more, d->n_more);
	stash_diffs(d, s);
	stash_skipped(d, s);
}
