// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/contents.h"

#include "sim/base/check.h"
#include "sim/base/number.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * struct contents
 * @n:     @holes: changes of flat memory that nothing says; @ends: objects whose memory's digest an episode's end told
 * @told:  objects (bits) of which the end of the episode says that the memory's digest is @memory
 */
struct contents {
	struct counts {
		u64 pushes, digests, compared, holes, ends;
	} n;
	u64 told, memory[ID_END];
};

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct contents));
}

static void reset(void *own, const struct judge *j)
{
	struct contents *s = own;

	(void)j;
	s->told = 0;
}

/* Is the object judged no more in this episode? */
static bool is_off(const struct judge *j, lk_t lk)
{
	return world_doubts(j->world, lk) & DOUBT_CONTENTS;
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
	s->n.digests++;
	obj_settle(o);
	digest = o->digest;
	return e->digest_len == 8 ? e->digest == digest : (u8)e->digest == (u8)digest;
}

static void wrong_digest(struct judge *j, const struct obj *o, enum check_row row,
                         const struct event *e)
{
	world_doubt(j->world, e->lk, DOUBT_WRONG);
	if (!check_on(j, CHK_CONTENTS))
		return;
	if (e->digest_len == 8)
		found_of(&j->findings, row, e,
		         FACTS(fact_object("object", e->lk),
		               fact_should(fact_hex("digest", e->digest), o->digest)),
		         "digest of the log 0x%016llx, recorded 0x%016llx",
		         (unsigned long long)o->digest, (unsigned long long)e->digest);
	else
		found_of(&j->findings, row, e,
		         FACTS(fact_object("object", e->lk),
		               fact_should(fact_hex("digest_low_byte", (u8)e->digest),
		                           (u8)o->digest)),
		         "low byte of the digest of the log 0x%02x, recorded 0x%02x", (u8)o->digest,
		         (u8)e->digest);
}

static void apply(struct judge *j, const struct obj *o, const struct event *e)
{
	const struct diff *d = e->diffs;
	bool keeps = touched_keeps(e->lk) && j->fixed.region_cnt;
	bool on = check_on(j, CHK_CONTENTS), old = false;
	struct touched *touched = keeps ? j->touched : NULL;
	struct world_cell cell;
	char text[160];

	for (u32 i = 0; i < e->n; i++, d++) {
		enum world_row row = world_apply(j->world, e->lk, d, &cell);

		if (unlikely(row == WORLD_RANGE)) {
			if (!on)
				return;
			found_of(&j->findings, ROW_CONTENTS_RANGE, e,
			         FACTS(fact_object("object", e->lk), fact_n("difference", i),
			               fact_n("field", d->field), fact_hex("index", d->first)),
			         "difference %u: field %u, index %s", i, d->field,
			         number_hex(d->first, text));
			return;
		}
		/* The first one says that the object is in doubt. */
		if (unlikely(row == WORLD_OLD) && on && !old) {
			differs(text, sizeof(text), o, d->field, cell.index, cell.value, "the push",
			        d->old);
			found_of(
				&j->findings, ROW_CONTENTS_OLD, e,
				FACTS(fact_at(fact_was(fact_hex("value", d->new), cell.value),
			                      e->lk, d->field, cell.index),
			              fact_should(fact_hex("old_of_the_push", d->old), cell.value)),
				"%s", text);
			old = true;
		}
		if (touched)
			touched_diff(touched, e, d, findings_index(&j->findings, e),
			             d->oracle ? d->index : obj_value(o, d->field, d->first));
	}
}

void contents_wrote(struct judge *j, const struct event *e)
{
	if (e->n == 0 || e->kind != j->push_of[e->lk] || is_off(j, e->lk))
		return;
	/* A difference out of range would have put it off. */
	world_wrote(j->world, e->lk, e->n, e->diffs, findings_writer(&j->findings, e));
}

/* Other streams may still have events of the episode: it is judged when they have come. */
void contents_memory(struct contents *s, struct judge *j, const struct event *e)
{
	if (!check_on(j, CHK_CONTENTS) || e->n != 2 || e->args[0] >= ID_END)
		return;
	KEEP(j, s->told);
	KEEP(j, s->memory[e->args[0]]);
	s->told |= 1ull << e->args[0];
	s->memory[e->args[0]] = e->args[1];
}

/* The episode is over: what its end said of the memory, against the log. */
static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct contents *s = own;

	(void)closed;
	if (cut || !check_on(j, CHK_CONTENTS))
		return;
	KEEP(j, s->n);
	KEEP(j, s->told);
	for (u64 left = s->told; left; left &= left - 1) {
		lk_t id = (lk_t)__builtin_ctzll(left);
		struct obj *o;

		if (is_off(j, id) || judge_is_high(j, id) || !judge_lock_free(j, id))
			continue;
		s->n.ends++;
		o = world_obj(j->world, id);
		obj_settle(o);
		if (o->digest != s->memory[id])
			found_at_end(
				&j->findings, ROW_CONTENTS_EPISODE, id, FINDING_NO_CPU,
				FACTS(fact_object("object", id),
			              fact_should(fact_hex("digest", s->memory[id]), o->digest)),
				"digest of the log 0x%016llx, of the memory 0x%016llx",
				(unsigned long long)o->digest, (unsigned long long)s->memory[id]);
		s->told &= ~(1ull << id);
	}
}

/* A pull of another object, a push of another kind: CHK_PULL says so. */
void contents_event(struct contents *s, struct judge *j, const struct event *e)
{
	struct obj *o;

	if (e->kind == EV_OPULL ? e->arg != e->lk : e->kind != j->push_of[e->lk])
		return;
	KEEP(j, s->n);
	o = world_obj(j->world, e->lk);
	if (unlikely(e->kind == EV_OFLATMEM && e->flags & EVF_FILLED)) {
		world_doubt(j->world, e->lk, DOUBT_HOLE);
		s->n.holes++;
	}
	if (is_off(j, e->lk))
		return;
	if (e->kind == EV_OPULL) {
		if (unlikely(!digest_fits(s, e, o)))
			wrong_digest(j, o, ROW_CONTENTS_PULL, e);
		return;
	}
	s->n.pushes++;
	apply(j, o, e);
	if (!is_off(j, e->lk) && unlikely(!digest_fits(s, e, o)))
		wrong_digest(j, o, ROW_CONTENTS_PUSH, e);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct contents *s = own;
	int at;

	(void)id;
	if (s->n.pushes + s->n.digests + s->n.compared + s->n.ends + s->n.holes == 0) {
		verdict_no_case(j, out);
		return;
	}
	at = snprintf(out->worst, sizeof(out->worst), "%llu pushes, ",
	              (unsigned long long)s->n.pushes);
	if (s->n.digests)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "%llu digests",
		               (unsigned long long)s->n.digests);
	else
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at, "no digests");
	if (s->n.compared)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		               ", %llu objects in memory", (unsigned long long)s->n.compared);
	if (s->n.ends)
		at += snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		               ", %llu at ends of episodes", (unsigned long long)s->n.ends);
	if (s->n.holes)
		snprintf(out->worst + at, sizeof(out->worst) - (size_t)at,
		         ", FLATMEM unknown behind %llu hole%s", (unsigned long long)s->n.holes,
		         s->n.holes == 1 ? "" : "s");
}

const struct obj *contents_of(struct contents *s, const struct judge *j, lk_t lk)
{
	struct obj *o;

	(void)s;
	SIM_ASSERT(lk < ID_END);
	if (!check_on(j, CHK_CONTENTS) || is_off(j, lk) || judge_is_high(j, lk))
		return NULL;
	o = world_obj(j->world, lk);
	obj_settle(o);
	return o;
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
	if (s->told >> memory->id & 1 && log->digest != s->memory[memory->id])
		return true;
	KEEP(j, s->n);
	s->n.compared++;
	if (obj_equal(log, memory, &field, &index))
		return true;
	world_doubt(j->world, memory->id, DOUBT_WRONG);
	differs(text, sizeof(text), log, field, index, obj_get(log, field, index), "memory",
	        obj_get(memory, field, index));
	found_at_end(&j->findings, ROW_CONTENTS_MEMORY, memory->id, FINDING_NO_CPU,
	             FACTS(fact_at(fact_hex("log", obj_get(log, field, index)), memory->id, field,
	                           index),
	                   fact_hex("memory", obj_get(memory, field, index))),
	             "%s", text);
	return false;
}

const struct family contents_family = {
	.create = create, .free = free, .reset = reset, .end = end, .verdict = verdict
};
