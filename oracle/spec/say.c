// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/say.h"

#include "sim/base/number.h"

#include <stdarg.h>
#include <stdio.h>

void say(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->at >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->at, t->size - t->at, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->at += (size_t)n;
}

void say_number(struct text *t, u64 v)
{
	char n[NUMBER_TEXT];

	say(t, "%s", number_hex(v, n));
}

void say_locks(struct text *t, u64 locks)
{
	char name[16];
	bool first = true;

	if (!locks)
		say(t, "none");
	for (lk_t lk = 0; lk < ID_END; lk++) {
		if (!(locks >> lk & 1))
			continue;
		locks &= ~(1ull << lk);
		say(t, "%s%s",
		    first   ? ""
		    : locks ? ", "
		            : " and ",
		    obj_name(lk, name, sizeof(name)));
		first = false;
	}
}

const char *say_lock_names(u64 locks, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	say_locks(&t, locks);
	return buf;
}

void say_map(struct text *t, struct maplet m)
{
	if (m.level == 0 && m.pte == 0) {
		say(t, "nothing");
		return;
	}
	if (m.level == 0) {
		say(t, "no frame (entry ");
	} else {
		say(t, "frame ");
		say_number(t, m.pfn);
		say(t, " (level %u, entry ", m.level);
	}
	say_number(t, m.pte);
	say(t, ")");
}

/* Who an owner is. */
static void say_owner(struct text *t, u64 owner)
{
	if (owner == INVALID)
		say(t, "nobody");
	else
		say(t, "%llu", (unsigned long long)owner);
}

/* The parts of a page's record that differ. */
static void say_page(struct text *t, u64 pfn, struct page should, struct page is)
{
	const struct {
		const char *name;
		u64 should, is;
	} part[] = { { "owner", should.owner, is.owner },
		     { "count", should.count, is.count },
		     { "gfn", should.gfn, is.gfn } };

	say(t, "frame ");
	say_number(t, pfn);
	for (u32 way = 0; way < 2; way++) {
		bool first = true;

		say(t, way ? ", is" : " should be");
		for (u32 i = 0; i < ARRAY_SIZE(part); i++) {
			u64 v = way ? part[i].is : part[i].should;

			if (part[i].should == part[i].is)
				continue;
			say(t, "%s %s ", first ? "" : ",", part[i].name);
			first = false;
			if (i == 0)
				say_owner(t, v);
			else
				say_number(t, v);
		}
	}
}

/* Where a change is, of the kinds whose values are numbers. */
static void say_cell(struct text *t, const struct change *c)
{
	enum obj_kind kind = obj_kind_of(c->lk);
	const struct obj_field *f = obj_field(kind, c->field);
	char name[16];

	if (c->kind == CH_BANK) {
		say(t, "context bank %llu's owner", (unsigned long long)c->at);
		return;
	}
	say(t, "%s %s", obj_name(c->lk, name, sizeof(name)), f->name);
	if (f->count > 1) {
		say(t, "[");
		say_number(t, c->at);
		say(t, "]");
	}
}

void say_differs(struct text *t, const struct change *place, const struct change *should,
                 const struct change *is)
{
	char name[16];

	if (place->kind == CH_PAGE) {
		say_page(t, place->at, should->after.page, is->after.page);
	} else if (change_is_leaf(place)) {
		if (place->kind == CH_LEAF)
			say(t, "%s", obj_name(place->lk, name, sizeof(name)));
		else
			say(t, "context bank %u", place->who);
		say(t, " should map gfn ");
		say_number(t, place->at);
		say(t, " to ");
		say_map(t, change_maplet(should->after.map, place->at - should->at));
		say(t, ", maps it to ");
		say_map(t, change_maplet(is->after.map, place->at - is->at));
	} else {
		say_cell(t, place);
		say(t, " should be ");
		say_number(t, should->after.v);
		say(t, ", is ");
		say_number(t, is->after.v);
	}
}
