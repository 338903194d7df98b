// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/contents.h"

#include "sim/base/check.h"
#include "sim/base/number.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct content - one object
 * @have: address space is reserved (done when the object first occurs)
 * @off:  the check has failed on this object
 * @unknown: a killed CPU changed it and nothing says how: it is not judged any more in this episode
 * @told:    the end of the episode says that the memory's digest is @memory
 */
struct content {
	struct obj o;
	bool have, off, unknown, changed, told;
	u64 memory;
};

/**
 * struct contents
 * @data:  gives what flat memory takes from the data oracle
 * @holes: changes of flat memory that nothing says
 * @ends:  objects whose memory's digest an episode's end told
 */
struct contents {
	struct data_oracle data;
	u64 pushes, digests, compared, holes, ends;
	struct content obj[ID_END];
};

static void *create(const struct judge *j)
{
	struct contents *s = xcalloc(1, sizeof(*s));

	s->data = j->data;
	return s;
}

static void destroy(void *own)
{
	struct contents *s = own;

	if (!s)
		return;
	for (u32 id = 0; id < ID_END; id++)
		if (s->obj[id].have)
			obj_destroy(&s->obj[id].o);
	free(s);
}

static bool range_ok(lk_t id, const struct diff *d)
{
	if (d->oracle && id != FLATMEM_ID)
		return false;
	if (d->field >= obj_n_fields(obj_kind_of(id)) || !obj_index_ok(id, d->field, d->first))
		return false;
	return d->last == d->first || (d->last > d->first && obj_index_ok(id, d->field, d->last));
}

static void fill(const struct judge *j, struct content *o, lk_t id)
{
	for (u32 i = 0; i < j->n_init; i++) {
		const struct init_row *row = &j->init[i];

		if (row->obj == id && range_ok(id, &row->d))
			init_row_apply(row, &o->o);
	}
}

static struct content *content_of(struct contents *s, const struct judge *j, lk_t id)
{
	struct content *o = &s->obj[id];

	if (unlikely(!o->have)) {
		struct err err;

		if (obj_init(&o->o, id, &err) < 0) {
			fprintf(stderr, "hypsim: %s\n", err.msg);
			exit(err_status(err.code));
		}
		o->have = true;
		o->o.by_pages = true;
		fill(j, o, id);
	}
	return o;
}

static void reset(void *own, const struct judge *j)
{
	struct contents *s = own;

	for (u32 id = 0; id < ID_END; id++) {
		struct content *o = &s->obj[id];

		if (o->changed) {
			obj_reset(&o->o);
			fill(j, o, id);
		}
		o->changed = o->off = o->unknown = o->told = false;
	}
}

/* "pt_pgd_pool[0x11000] is 0 in the log, 0x111003 in the push" */
static void __attribute__((cold)) differs(char *buf, size_t size, const struct obj *o, u32 field,
                                          u64 index, u64 log, const char *where, u64 other)
{
	char i[NUMBER_TEXT], a[NUMBER_TEXT], b[NUMBER_TEXT];

	snprintf(buf, size, "%s[%s] is %s in the log, %s in %s", obj_field(o->kind, field)->name,
	         number_hex(index, i), number_hex(log, a), number_hex(other, b), where);
}

/* Does the record's digest, all of it or its low byte, fit? */
static bool digest_fits(struct contents *s, const struct event *e, struct obj *o)
{
	u64 digest;

	if (e->digest_len == 0)
		return true;
	s->digests++;
	obj_settle(o);
	digest = o->digest;
	return e->digest_len == 8 ? e->digest == digest : (u8)e->digest == (u8)digest;
}

static void wrong_digest(struct judge *j, struct content *o, enum check_row row,
                         const struct event *e)
{
	o->off = true;
	if (e->digest_len == 8)
		found(&j->findings, row, e, "digest of the log 0x%016llx, recorded 0x%016llx",
		      (unsigned long long)o->o.digest, (unsigned long long)e->digest);
	else
		found(&j->findings, row, e,
		      "low byte of the digest of the log 0x%02x, recorded 0x%02x", (u8)o->o.digest,
		      (u8)e->digest);
}

static void apply(struct contents *s, struct judge *j, struct content *o, const struct event *e)
{
	const struct diff *d = e->diffs;
	struct touched *touched = touched_keeps(e->lk) ? j->touched : NULL;
	char text[160];

	o->changed = true;
	for (u32 i = 0; i < e->n; i++, d++) {
		u64 index = 0, value = 0;

		if (unlikely(!range_ok(e->lk, d))) {
			o->off = true;
			found(&j->findings, ROW_CONTENTS_RANGE, e,
			      "difference %u: field %u, index %s", i, d->field,
			      number_hex(d->first, text));
			return;
		}
		if (d->oracle) {
			obj_apply_oracle(&o->o, d, &s->data);
		} else if (unlikely(obj_apply(&o->o, d, &index, &value)) && !o->off) {
			o->off = true;
			differs(text, sizeof(text), &o->o, d->field, index, value, "the push",
			        d->old);
			found(&j->findings, ROW_CONTENTS_OLD, e, "%s", text);
		}
		if (touched)
			touched_diff(touched, e, d, findings_index(&j->findings, e),
			             d->oracle ? d->index : obj_get(&o->o, d->field, d->first));
	}
}

/* Other streams may still have events of the episode: it is judged when they have come. */
void contents_memory(struct contents *s, struct judge *j, const struct event *e)
{
	if (!check_on(j, CHK_CONTENTS) || e->n != 2 || e->args[0] >= ID_END)
		return;
	s->obj[e->args[0]].told = true;
	s->obj[e->args[0]].memory = e->args[1];
}

/* The episode is over: what its end said of the memory, against the log. */
static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct contents *s = own;

	(void)closed;
	if (cut || !check_on(j, CHK_CONTENTS))
		return;
	for (lk_t id = 0; id < ID_END; id++) {
		struct content *o = &s->obj[id];

		if (!o->told || o->off || o->unknown || judge_is_high(j, id) ||
		    !judge_lock_free(j, id))
			continue;
		s->ends++;
		obj_settle(&content_of(s, j, id)->o);
		if (o->o.digest != o->memory)
			found_at_end(&j->findings, ROW_CONTENTS_EPISODE, id, FINDING_NO_CPU,
			             "digest of the log 0x%016llx, of the memory 0x%016llx",
			             (unsigned long long)o->o.digest,
			             (unsigned long long)o->memory);
		o->told = false;
	}
}

/* A pull of another object, a push of another kind: CHK_PULL says so. */
void contents_event(struct contents *s, struct judge *j, const struct event *e)
{
	struct content *o;

	if (e->kind == EV_OPULL ? e->arg != e->lk : e->kind != j->push_of[e->lk])
		return;
	o = content_of(s, j, e->lk);
	if (unlikely(e->kind == EV_OFLATMEM && e->flags & EVF_FILLED)) {
		o->unknown = true;
		s->holes++;
	}
	if (o->off || o->unknown)
		return;
	if (e->kind == EV_OPULL) {
		if (unlikely(!digest_fits(s, e, &o->o)))
			wrong_digest(j, o, ROW_CONTENTS_PULL, e);
		return;
	}
	s->pushes++;
	apply(s, j, o, e);
	if (!o->off && unlikely(!digest_fits(s, e, &o->o)))
		wrong_digest(j, o, ROW_CONTENTS_PUSH, e);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct contents *s = own;
	int at;

	(void)id;
	if (s->pushes + s->digests + s->compared + s->ends + s->holes == 0) {
		verdict_no_case(j, out);
		return;
	}
	at = snprintf(out->worst, sizeof(out->worst), "%llu pushes, ",
	              (unsigned long long)s->pushes);
	if (s->digests)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "%llu digests",
		               (unsigned long long)s->digests);
	else
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "no digests");
	if (s->compared)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		               ", %llu objects in memory", (unsigned long long)s->compared);
	if (s->ends)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		               ", %llu at ends of episodes", (unsigned long long)s->ends);
	if (s->holes)
		snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		         ", FLATMEM unknown behind %llu hole%s", (unsigned long long)s->holes,
		         s->holes == 1 ? "" : "s");
}

const struct obj *contents_of(struct contents *s, const struct judge *j, lk_t lk)
{
	SIM_ASSERT(lk < ID_END);
	if (!check_on(j, CHK_CONTENTS) || s->obj[lk].off || s->obj[lk].unknown ||
	    judge_is_high(j, lk))
		return NULL;
	obj_settle(&content_of(s, j, lk)->o);
	return &s->obj[lk].o;
}

bool contents_compare(struct contents *s, struct judge *j, const struct obj *memory)
{
	const struct obj *log = contents_of(s, j, memory->id);
	u32 field = 0;
	u64 index = 0;
	char text[160];

	if (!log || !judge_lock_free(j, memory->id))
		return true;
	/* The log tells what memory held, and not what it should: that is found where the episode ends, as by who has the log alone. */
	if (s->obj[memory->id].told && log->digest != s->obj[memory->id].memory)
		return true;
	s->compared++;
	if (obj_equal(log, memory, &field, &index))
		return true;
	s->obj[memory->id].off = true;
	differs(text, sizeof(text), log, field, index, obj_get(log, field, index), "memory",
	        obj_get(memory, field, index));
	found_at_end(&j->findings, ROW_CONTENTS_MEMORY, memory->id, FINDING_NO_CPU, "%s", text);
	return false;
}

const struct family contents_family = {
	.create = create, .free = destroy, .reset = reset, .end = end, .verdict = verdict
};
