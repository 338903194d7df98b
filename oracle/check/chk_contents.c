// SPDX-License-Identifier: GPL-2.0-only
/* CalState: the contents that the log says each object has, against what pulls, pushes and the memory say. */
#include "oracle/check/state.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct content - one object
 * @have: address space is reserved (done when the object first occurs)
 * @off:  the check has failed on this object
 */
struct content {
	struct obj o;
	bool have, off, changed;
};

struct contents {
	u64 pushes, digests, compared;
	struct content obj[ID_END];
};

struct contents *contents_new(const struct checker *c)
{
	(void)c;
	return xcalloc(1, sizeof(struct contents));
}

void contents_free(struct contents *s)
{
	if (!s)
		return;
	for (u32 id = 0; id < ID_END; id++)
		if (s->obj[id].have)
			obj_destroy(&s->obj[id].o);
	free(s);
}

static bool range_ok(lk_t id, const struct diff *d)
{
	if (d->field >= obj_n_fields(obj_kind_of(id)) || !obj_index_ok(id, d->field, d->first))
		return false;
	return d->last == d->first || (d->last > d->first && obj_index_ok(id, d->field, d->last));
}

static void fill(const struct checker *c, struct content *o, lk_t id)
{
	u64 index, value;

	for (u32 i = 0; i < c->n_init; i++) {
		const struct init_row *row = &c->init[i];

		if (row->obj == id && range_ok(id, &row->d))
			(void)obj_apply(&o->o, &row->d, &index, &value);
	}
}

static struct content *content_of(const struct checker *c, lk_t id)
{
	struct content *o = &c->contents->obj[id];

	if (unlikely(!o->have)) {
		struct err err;

		if (obj_init(&o->o, id, &err) < 0) {
			fprintf(stderr, "hypsim: %s\n", err.msg);
			exit(err_status(err.code));
		}
		o->have = true;
		fill(c, o, id);
	}
	return o;
}

void contents_reset(struct checker *c)
{
	for (u32 id = 0; id < ID_END; id++) {
		struct content *o = &c->contents->obj[id];

		if (o->changed) {
			obj_reset(&o->o);
			fill(c, o, id);
		}
		o->changed = o->off = false;
	}
}

/* Does the record's digest, all of it or its low byte, fit? */
static bool digest_fits(struct contents *s, const struct event *e, u64 digest)
{
	if (e->digest_len == 0)
		return true;
	s->digests++;
	return e->digest_len == 8 ? e->digest == digest : (u8)e->digest == (u8)digest;
}

static void wrong_digest(struct checker *c, struct content *o, enum check_row row,
                         const struct event *e)
{
	o->off = true;
	if (e->digest_len == 8)
		found(c, row, e, "digest of the log %016llx, recorded %016llx",
		      (unsigned long long)o->o.digest, (unsigned long long)e->digest);
	else
		found(c, row, e, "low byte of the digest of the log %02x, recorded %02x",
		      (u8)o->o.digest, (u8)e->digest);
}

static void apply(struct checker *c, struct content *o, const struct event *e)
{
	const struct diff *d = e->diffs;

	o->changed = true;
	for (u32 i = 0; i < e->n; i++, d++) {
		u64 index = 0, value = 0;

		if (unlikely(!range_ok(e->lk, d))) {
			o->off = true;
			found(c, ROW_CONTENTS_RANGE, e, "difference %u: field %u, index %llu", i,
			      d->field, (unsigned long long)d->first);
			return;
		}
		if (unlikely(obj_apply(&o->o, d, &index, &value)) && !o->off) {
			o->off = true;
			found(c, ROW_CONTENTS_OLD, e,
			      "%s[%llu] is %llu in the log, %llu in the push",
			      obj_field(o->o.kind, d->field)->name, (unsigned long long)index,
			      (unsigned long long)value, (unsigned long long)d->old);
		}
	}
}

/* A pull of another object, a push of another kind: CHK_PULL says so. */
void contents_event(struct checker *c, const struct event *e)
{
	struct contents *s = c->contents;
	struct content *o;

	if (e->kind == EV_OPULL ? e->arg != e->lk : e->kind != c->push_of[e->lk])
		return;
	o = content_of(c, e->lk);
	if (o->off)
		return;
	if (e->kind == EV_OPULL) {
		if (unlikely(!digest_fits(s, e, o->o.digest)))
			wrong_digest(c, o, ROW_CONTENTS_PULL, e);
		return;
	}
	s->pushes++;
	apply(c, o, e);
	if (!o->off && unlikely(!digest_fits(s, e, o->o.digest)))
		wrong_digest(c, o, ROW_CONTENTS_PUSH, e);
}

void contents_worst(const struct checker *c, struct check_verdict *out)
{
	const struct contents *s = c->contents;
	int at = snprintf(out->worst, sizeof(out->worst), "%llu pushes, ",
	                  (unsigned long long)s->pushes);

	out->judged = true;
	if (s->digests)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "%llu digests",
		               (unsigned long long)s->digests);
	else
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "no digests");
	if (s->compared)
		snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		         ", %llu objects in memory", (unsigned long long)s->compared);
}

const struct obj *checker_contents(const struct checker *c, lk_t lk)
{
	SIM_ASSERT(lk < ID_END);
	if (!has(c, CHK_CONTENTS) || c->contents->obj[lk].off)
		return NULL;
	return &content_of(c, lk)->o;
}

bool checker_compare(struct checker *c, const struct obj *memory)
{
	const struct obj *log = checker_contents(c, memory->id);
	u32 field = 0;
	u64 index = 0;

	if (!log || !programs_lock_free(c, memory->id))
		return true;
	c->contents->compared++;
	if (obj_equal(log, memory, &field, &index))
		return true;
	c->contents->obj[memory->id].off = true;
	found_at_end(c, ROW_CONTENTS_MEMORY, memory->id, FINDING_NO_CPU,
	             "%s[%llu] is %llu in the log, %llu in memory",
	             obj_field(log->kind, field)->name, (unsigned long long)index,
	             (unsigned long long)obj_get(log, field, index),
	             (unsigned long long)obj_get(memory, field, index));
	return false;
}
