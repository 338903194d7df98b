// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/state.h"

#include "oracle/check/known.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct state_check *const checks[] = {
	&check_spoilt,    &check_invariants, &check_table_walk, &check_pages,
	&check_core,      &check_sequence,   &check_reclaim,    &check_tables,
	&check_vm_states, &check_refine,     &check_access,     &check_invalidation,
	&check_taken,     &check_ctxt,       &check_images,     &check_composite,
};

enum { CHECKS = ARRAY_SIZE(checks) };

/**
 * struct on - a check that is on
 * @own: its state, [check->bytes]
 */
struct on {
	const struct state_check *check;
	void *own;
};

/**
 * struct state
 * @on:       [n_on] checks that are on
 * @by_kind:  [CH_*] those that are told of such a change: bit i of @on
 * @sections, @passes: [lk] of pushes of that object, and when its lock is passed
 * @begun:    the episode has had an event
 * @begins, @points, @ends: [op] bit i: it is told of that of an operation
 * @marks:    [kind - MARK_FIRST] the same of a mark
 */
struct state {
	u32 n_on;
	u64 begun;
	struct on on[CHECKS];
	u64 by_kind[CH_NR], sections[ID_END], passes[ID_END];
	u64 begins[HYP_OP_NR], points[HYP_OP_NR], ends[HYP_OP_NR];
	u64 marks[MARK_KINDS];
};

_Static_assert(CHECKS <= 64, "one bit a check");

/* The first check of a set. */
static inline const struct on *first(const struct state *s, u64 set)
{
	return &s->on[__builtin_ctzll(set)];
}

static bool is_on(const struct judge *j, const struct state_check *c)
{
	bool on = c->id < CHK_NR && check_on(j, c->id);

	for (u32 i = 0; i < c->n_also; i++)
		on |= check_on(j, c->also[i]);
	return on;
}

bool state_wanted(const struct judge *j, const struct log_config *config)
{
	if (config->fixed.region_cnt == 0)
		return false;
	for (u32 i = 0; i < CHECKS; i++)
		if (is_on(j, checks[i]))
			return true;
	return false;
}

static void subscribe(struct state *s, const struct judge *j, const struct state_check *c)
{
	void *own = c->bytes ? xcalloc(1, c->bytes) : NULL;
	u64 bit = 1ull << s->n_on;

	SIM_ASSERT(c->bytes % 8 == 0);
	for (u32 kind = 0; kind < CH_NR; kind++)
		s->by_kind[kind] |= c->change && c->changes >> kind & 1 ? bit : 0;
	for (lk_t lk = 0; lk < ID_END; lk++) {
		if (!c->objects || c->objects >> obj_kind_of(lk) & 1) {
			s->sections[lk] |= c->section ? bit : 0;
			s->passes[lk] |= c->passed ? bit : 0;
		}
	}
	for (u32 op = 0; op < HYP_OP_NR; op++) {
		bool told = !c->ops || c->ops(op);

		s->begins[op] |= told && c->op_begin ? bit : 0;
		s->points[op] |= told && c->lock_point ? bit : 0;
		s->ends[op] |= told && c->op_end ? bit : 0;
	}
	for (u32 m = 0; m < MARK_KINDS; m++)
		s->marks[m] |= c->mark && (!c->marks || c->marks >> m & 1) ? bit : 0;
	s->on[s->n_on++] = (struct on){ c, c->create ? c->create(j) : own };
}

static void *create(const struct judge *j)
{
	struct state *s;

	if (!j->trail)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	for (u32 i = 0; i < CHECKS; i++)
		if (checks[i]->always || is_on(j, checks[i]))
			subscribe(s, j, checks[i]);
	return s;
}

static void destroy(void *own)
{
	struct state *s = own;

	for (u32 i = 0; s && i < s->n_on; i++) {
		if (s->on[i].check->free)
			s->on[i].check->free(s->on[i].own);
		else
			free(s->on[i].own);
	}
	free(s);
}

static void reset(void *own, const struct judge *j)
{
	struct state *s = own;

	if (!s)
		return;
	trail_reset(j->trail);
	s->begun = false;
	for (u32 i = 0; i < s->n_on; i++) {
		const struct on *on = &s->on[i];

		if (on->check->reset)
			on->check->reset(on->own, j);
		else if (on->own)
			memset(on->own, 0, on->check->bytes);
	}
}

static __attribute__((noinline)) void begin(struct state *s, struct judge *j)
{
	KEEP(j, s->begun);
	s->begun = true;
	for (u32 i = 0; i < s->n_on; i++)
		if (s->on[i].check->episode_begin)
			s->on[i].check->episode_begin(j, s->on[i].own);
}

void state_pull(struct state *s, struct judge *j, const struct event *e)
{
	if (unlikely(!s->begun))
		begin(s, j);
	trail_pull(j->trail, e->cpu, e->lk, findings_index(&j->findings, e));
}

void state_push_begins(struct state *s, struct judge *j, const struct event *e)
{
	const struct op_open *o = trail_push_begins(j->trail, e->cpu, e->lk);

	if (unlikely(!s->begun))
		begin(s, j);
	/* What is not applied changes nothing. */
	world_begin(j->world);
	if (!o)
		return;
	j->at = e;
	for (u64 set = s->points[o->op]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->lock_point(j, on->own, e->cpu, o);
	}
}

static void tell_change(struct state *s, struct judge *j, const struct section *section,
                        const struct change *c)
{
	for (u64 set = s->by_kind[c->kind]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->change(j, on->own, section, c);
	}
}

void state_push(struct state *s, struct judge *j, const struct event *e)
{
	const struct section *section;
	const struct change *c;
	u32 n;

	c = world_changes(j->world, &n);
	section = trail_push(j->trail, e->cpu, e->lk, findings_index(&j->findings, e), n, c);
	j->at = e;
	for (u32 i = 0; i < n; i++)
		tell_change(s, j, section, &c[i]);
	for (u64 set = s->sections[e->lk]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->section(j, on->own, section);
	}
}

void state_pass(struct state *s, struct judge *j, const struct event *e)
{
	const struct section *section = trail_pass(j->trail, e->cpu, e->lk);

	if (!section)
		return;
	j->at = e;
	for (u64 set = s->passes[e->lk]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->passed(j, on->own, section);
	}
}

static void op_begins(struct state *s, struct judge *j, const struct event *e)
{
	const struct op_open *o = trail_op_begins(j->trail, e, findings_index(&j->findings, e));

	if (!o)
		return;
	for (u64 set = s->begins[o->op]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->op_begin(j, on->own, e->cpu, o);
	}
}

static void op_ends(struct state *s, struct judge *j, const struct event *e)
{
	const struct op_open *o = trail_op_ends(j->trail, e);

	if (!o)
		return;
	for (u64 set = s->ends[o->op]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->op_end(j, on->own, e->cpu, o);
	}
	trail_op_over(j->trail, e->cpu);
}

void state_mark(struct state *s, struct judge *j, const struct event *e)
{
	if (unlikely(!s->begun))
		begin(s, j);
	j->at = e;
	if (e->kind == MARK_OP)
		op_begins(s, j, e);
	else if (e->kind == MARK_SEVENT)
		op_ends(s, j, e);
	else if (e->kind == MARK_STUCK || e->kind == MARK_STOPPED)
		trail_leaves(j->trail, e->cpu);
	for (u64 set = s->marks[e->kind - MARK_FIRST]; set; set &= set - 1) {
		const struct on *on = first(s, set);

		on->check->mark(j, on->own, e);
	}
}

static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct state *s = own;

	(void)closed;
	for (u32 i = 0; s && i < s->n_on; i++)
		if (s->on[i].check->episode_end)
			s->on[i].check->episode_end(j, s->on[i].own, cut);
}

/* "12 not judged, of objects ...": the cases of the most frequent reason. */
static void say_unjudged(const struct tally *t, struct check_verdict *out)
{
	size_t at = strlen(out->worst);
	u32 most = 0;

	for (u32 i = 0; i < UNJUDGED_NR; i++) {
		/* What was left where it waited has no event, and where a section overlapped a read either answer is right. */
		if (i != UNJUDGED_CUT && i != UNJUDGED_RACED)
			out->n_untold += t->unjudged[i];
		most = t->unjudged[i] > t->unjudged[most] ? i : most;
	}
	if (t->unjudged[most])
		snprintf(out->worst + at, sizeof(out->worst) - at, "%s%llu %s", at ? ", " : "",
		         (unsigned long long)t->unjudged[most], unjudged_words(most));
}

/* What the check says of its worst case. */
static void say_worst(const struct state *s, const struct judge *j, enum check_id id,
                      struct check_verdict *out)
{
	for (u32 i = 0; i < s->n_on; i++) {
		const struct state_check *c = s->on[i].check;
		char text[64] = "";
		size_t at = strlen(out->worst);

		if (c->id != id || !c->worst)
			continue;
		c->worst(j, s->on[i].own, text, sizeof(text));
		if (text[0])
			snprintf(out->worst + at, sizeof(out->worst) - at, ", %s", text);
	}
}

/* What cannot be otherwise, as the log has it: why.  NULL: it can. */
static const char *by_construction(enum check_id id)
{
	switch ((u32)id) {
	case CHK_SPT_CONS:
		return "holds by construction: a frame is taken from its entry";
	case CHK_REMAP_RANGE:
		return "holds by construction: they are unsigned";
	case CHK_TABLE_BITS:
		return "holds by construction: a cell has 64 bits";
	default:
		return NULL;
	}
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct state *s = own;
	const struct tally *t = &j->tally[id];

	if (!s) {
		verdict_lacks(out, "log has no memory regions");
		return;
	}
	if (by_construction(id)) {
		snprintf(out->worst, sizeof(out->worst), "%s", by_construction(id));
		return;
	}
	if (id == CHK_INVALIDATION && !j->tlb) {
		verdict_lacks(out, "log has no translation buffers");
		return;
	}
	verdict_cases(j, id, out);
	say_unjudged(t, out);
	if (t->evaluated)
		say_worst(s, j, id, out);
}

const struct family state_family = {
	.create = create, .free = destroy, .reset = reset, .end = end, .verdict = verdict
};

static const char *const words[UNJUDGED_NR] = {
#define UNJUDGED(id, w) [UNJUDGED_##id] = w,
#include "oracle/check/unjudged.def"
};

const char *unjudged_words(enum unjudged why)
{
	SIM_ASSERT(why < UNJUDGED_NR);
	return words[why];
}
