// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_scope.h"

#include <stdlib.h>
#include <string.h>

#define SAME(a, b, member) (memcmp(&(a)->member, &(b)->member, sizeof((a)->member)) == 0)

static bool same_expects(const struct scope_expect *a, u32 n_a, const struct scope_expect *b,
                         u32 n_b)
{
	if (n_a != n_b)
		return false;
	for (u32 i = 0; i < n_a; i++)
		if (a[i].kind != b[i].kind || a[i].value != b[i].value || a[i].rule != b[i].rule ||
		    a[i].reason != b[i].reason || a[i].n != b[i].n || !SAME(&a[i], &b[i], values) ||
		    strcmp(a[i].text, b[i].text) != 0)
			return false;
	return true;
}

static bool same_call(const struct scope_call *a, const struct scope_call *b)
{
	return a->cpu == b->cpu && a->prim == b->prim && SAME(a, b, args) &&
	       a->n_regs == b->n_regs && SAME(a, b, reg) && SAME(a, b, value) &&
	       a->n_core == b->n_core && a->core_vmid == b->core_vmid && SAME(a, b, core) &&
	       strcmp(a->text, b->text) == 0 &&
	       same_expects(a->expect, a->n_expects, b->expect, b->n_expects);
}

static bool same_calls(const struct scope_calls *a, const struct scope_calls *b)
{
	if (a->n != b->n)
		return false;
	for (u32 i = 0; i < a->n; i++)
		if (!same_call(&a->v[i], &b->v[i]))
			return false;
	return true;
}

static bool same_feed(const struct scope_feed *a, const struct scope_feed *b)
{
	return a->core == b->core && a->part == b->part && a->cpu == b->cpu && a->call == b->call &&
	       a->vmid == b->vmid && a->n == b->n && a->value == b->value;
}

static bool same_feeds(const struct scope *a, const struct scope *b)
{
	if (a->n_feeds != b->n_feeds)
		return false;
	for (u32 i = 0; i < a->n_feeds; i++)
		if (!same_feed(&a->feed[i], &b->feed[i]))
			return false;
	return true;
}

static bool same_cell(const struct scope_cell *a, const struct scope_cell *b)
{
	return a->obj == b->obj && a->field == b->field && a->index == b->index &&
	       a->value == b->value && strcmp(a->text, b->text) == 0;
}

static bool same_cells(const struct scope *a, const struct scope *b)
{
	if (a->n_cells != b->n_cells || a->n_looks != b->n_looks)
		return false;
	for (u32 i = 0; i < a->n_cells; i++)
		if (!same_cell(&a->cell[i], &b->cell[i]))
			return false;
	for (u32 i = 0; i < a->n_looks; i++) {
		const struct scope_look *x = &a->look[i], *y = &b->look[i];

		if (!same_cell(&x->cell, &y->cell) || x->call != y->call ||
		    !same_expects(x->expect, x->n_expects, y->expect, y->n_expects))
			return false;
	}
	return true;
}

const char *scope_differs(const struct scope *a, const struct scope *b, char *buf, size_t size)
{
	if (a->cpus != b->cpus || a->seed != b->seed || a->pages != b->pages ||
	    !SAME(a, b, errata) || a->depend != b->depend || a->grain != b->grain ||
	    a->tlb != b->tlb || strcmp(a->checks.text, b->checks.text) != 0)
		return "the machine";
	if (strcmp(a->verdict, b->verdict) != 0 || a->has_classes != b->has_classes ||
	    a->classes != b->classes)
		return "what is expected of the search";
	if (!same_calls(&a->before, &b->before))
		return "before";
	if (!same_calls(&a->after, &b->after))
		return "after";
	for (u32 i = 0; i < MAX_CPU; i++) {
		snprintf(buf, size, "program %u", i);
		if (!same_calls(&a->program[i], &b->program[i]))
			return buf;
	}
	if (!same_feeds(a, b))
		return "feeds";
	return same_cells(a, b) ? NULL : "cells";
}

char *scope_text(const struct scope *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	scope_print(f, s);
	fclose(f);
	return text;
}

const char *scope_round_trip(const struct scope *s, char *buf, size_t size)
{
	struct scope_opts o = { .seed = s->seed };
	char *text = scope_text(s), *again;
	const char *what;
	struct scope *back;
	struct err e;

	errata_defaults(&o.errata);
	if (scope_parse(&back, "printed", text, strlen(text), &o, &e) < 0) {
		snprintf(buf, size, "%s", e.msg);
		free(text);
		return buf;
	}
	what = scope_differs(s, back, buf, size);
	again = scope_text(back);
	if (!what && strcmp(text, again) != 0)
		what = "the print of what was printed";
	free(text);
	free(again);
	scope_free(back);
	return what;
}
