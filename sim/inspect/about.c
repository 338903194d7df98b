// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/about.h"

#include "shmem/obj/region.h"
#include "sim/log/mark_arg.h"

#include <string.h>

/**
 * struct found - what was found of what @a asks for
 */
struct found {
	const struct about *a;
	bool frame, vm, vcpu, bank;
};

void about_know(struct about *a, const struct log_config *c)
{
	for (u32 i = 0; i < a->frames.n; i++) {
		u64 record = region_page_index(&c->fixed, a->frames.v[i]);

		if (record != INVALID64)
			vec_push(&a->records, record);
	}
}

void about_free(struct about *a)
{
	vec_free(&a->frames);
	vec_free(&a->records);
	vec_free(&a->vcpus);
	vec_free(&a->cells);
	vec_free(&a->args);
}

static bool asks_things(const struct about *a)
{
	return a->frames.n || a->vms || a->vcpus.n || a->banks;
}

bool about_asks(const struct about *a)
{
	return asks_things(a) || a->cells.n || a->args.n;
}

static bool any_of(const u64 *v, u32 n, u64 first, u64 many)
{
	for (u32 i = 0; i < n; i++)
		if (v[i] - first < many)
			return true;
	return false;
}

/* things_told.thing */
static void take(void *arg, enum thing_kind kind, u64 first, u64 n)
{
	struct found *f = arg;
	const struct about *a = f->a;

	switch (kind) {
	case THING_FRAME:
		f->frame |= any_of(a->frames.v, a->frames.n, first, n);
		return;
	case THING_RECORD:
		f->frame |= any_of(a->records.v, a->records.n, first, n);
		return;
	case THING_VM:
		f->vm |= a->vms >> first & 1;
		return;
	case THING_VCPU:
		f->vcpu |= any_of(a->vcpus.v, a->vcpus.n, first, n);
		return;
	case THING_BANK:
		for (u64 i = first; i < first + n; i++)
			f->bank |= a->banks >> i & 1;
		return;
	}
}

static bool has_things(const struct about *a, const struct event *e)
{
	struct found f = { .a = a };
	const struct things_told told = { .thing = take, .arg = &f };

	if (!asks_things(a))
		return true;
	things_of(e, &told);
	return (f.frame || !a->frames.n) && (f.vm || !a->vms) && (f.vcpu || !a->vcpus.n) &&
	       (f.bank || !a->banks);
}

static bool changes_cell(const struct event *e, const struct log_cell *c)
{
	if (!event_is_push(e->kind) || e->lk != c->lk || e->kind != event_push_of(c->lk))
		return false;
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];

		if (d->field == c->field && c->index >= d->first && c->index <= d->last)
			return true;
	}
	return false;
}

static bool has_cell(const struct about *a, const struct event *e)
{
	for (u32 i = 0; i < a->cells.n; i++)
		if (changes_cell(e, &a->cells.v[i]))
			return true;
	return a->cells.n == 0;
}

/* Is argument @i of the mark the one that is meant?  A number alone means no number of an operation, a rule, a reason. */
static bool is_arg(const struct about_arg *w, const struct log_config *c, const struct event *e,
                   u32 i)
{
	enum mark_type type = mark_arg_of(mark_spec(e->kind), i)->type;
	bool plain = type == MARG_DEC || type == MARG_HEX;
	size_t len;
	const char *name = thing_arg_name(e, i, &len);
	u64 v;

	if (w->name_len && (len != w->name_len || memcmp(name, w->name, len) != 0))
		return false;
	if (w->number)
		return e->args[i] == w->v && (plain || w->name_len);
	return mark_value(c, type, w->word, strlen(w->word), &v) && v == e->args[i];
}

static bool has_arg(const struct about *a, const struct log_config *c, const struct event *e)
{
	if (a->args.n == 0)
		return true;
	if (!event_is_mark(e->kind))
		return false;
	for (u32 k = 0; k < a->args.n; k++)
		for (u32 i = 0; i < e->n; i++)
			if (is_arg(&a->args.v[k], c, e, i))
				return true;
	return false;
}

bool about_event(const struct about *a, const struct log_config *c, const struct event *e)
{
	return has_cell(a, e) && has_arg(a, c, e) && has_things(a, e);
}
