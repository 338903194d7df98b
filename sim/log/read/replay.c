// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/replay.h"

#include "sim/log/read/replay_pages.h"

void replay_initial(struct replay *r, lk_t id)
{
	for (u32 i = 0; i < r->config->n_init; i++)
		if (r->config->init[i].obj == id)
			init_row_apply(&r->config->init[i], &r->obj[id]);
}

struct replay *replay_new(const struct log_config *config,
                          u64 (*doracle)(u64 seed, vmid_t vmid, u64 n))
{
	struct replay *r = xcalloc(1, sizeof(*r));

	r->config = config;
	r->data = log_config_oracle(config, doracle);
	return r;
}

void replay_free(struct replay *r)
{
	if (!r)
		return;
	for (u64 left = r->used; left; left &= left - 1)
		obj_destroy(&r->obj[__builtin_ctzll(left)]);
	vec_free(&r->diffs);
	replay_pages_free(r);
	free(r);
}

int replay_object(struct replay *r, lk_t id, struct err *e)
{
	int rc;

	if (r->used >> id & 1)
		return 0;
	rc = obj_init(&r->obj[id], id, e);
	if (rc < 0)
		return rc;
	r->used |= 1ull << id;
	r->obj[id].by_pages = true;
	replay_initial(r, id);
	return 0;
}

static void start_episode(struct replay *r, u32 number)
{
	if (r->in_episode && r->episode == number)
		return;
	r->in_episode = true;
	r->episode = number;
	replay_pages_begin(r);
	for (u64 left = r->used; left; left &= left - 1) {
		lk_t id = (lk_t)__builtin_ctzll(left);

		obj_reset(&r->obj[id]);
		replay_initial(r, id);
	}
}

/* A difference without values: one with values for each run of cells that held the same. */
static void give_values(struct replay *r, struct obj *o, const struct diff *d)
{
	u64 scale = obj_field(o->kind, d->field)->scale, delta = d->new, n, old, at;
	bool more = false;

	for (u64 i = d->first; i <= d->last; i += n * scale) {
		struct diff *last = more ? &r->diffs.v[r->diffs.n - 1] : NULL;

		n = obj_same(o, d->field, i, (d->last - i) / scale + 1, &old);
		if (last && last->old == old) {
			last->last = i + (n - 1) * scale;
		} else {
			struct diff one = { .field = d->field,
				            .both = true,
				            .first = i,
				            .last = i + (n - 1) * scale,
				            .old = old,
				            .new = old + delta };

			vec_push(&r->diffs, one);
		}
		more = true;
	}
	(void)obj_apply(o, d, &at, &old);
}

int replay_event(struct replay *r, struct event *ev, u64 *at, struct err *e)
{
	u64 found;
	int rc = 0, bad = 0;

	if (ev->kind == MARK_EPISODE)
		start_episode(r, ev->arg);
	if (!event_is_push(ev->kind) || ev->n == 0 || ev->lk >= ID_END)
		return 0;
	rc = replay_object(r, ev->lk, e);
	if (rc < 0)
		return rc;
	r->diffs.n = 0;
	for (u32 i = 0; i < ev->n; i++) {
		const struct diff *d = &ev->diffs[i];

		if (unlikely(r->track))
			replay_pages_take(r, &r->obj[ev->lk], d);
		if (!d->both && !d->oracle) {
			give_values(r, &r->obj[ev->lk], d);
			continue;
		}
		vec_push(&r->diffs, *d);
		if (d->oracle) {
			obj_apply_oracle(&r->obj[ev->lk], d, &r->data);
			continue;
		}
		if (bad)
			at = &found;
		bad |= obj_apply(&r->obj[ev->lk], d, at, &found);
	}
	ev->diffs = r->diffs.v;
	ev->n = r->diffs.n;
	return bad;
}
