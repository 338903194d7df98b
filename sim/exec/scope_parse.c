// SPDX-License-Identifier: GPL-2.0-only
/* A scope's file, line by line: what exec would do at once is kept. */
#include "sim/base/vec.h"
#include "sim/exec/complete.h"
#include "sim/exec/read.h"
#include "sim/exec/read_expect.h"
#include "sim/exec/words.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct reader
 * @cpu:   of the next call; in concurrent if it is @said
 * @last:  where the call stands that an expect is about: the last of these; NULL: there is none, or it is the last @look
 * @begun: something was fed or called
 * @top:   the highest number of a CPU
 */
struct reader {
	struct scope *s;
	enum scope_part part;
	u32 cpu, top;
	bool said, begun;
	struct scope_calls *last;
	bool look;
};

static struct scope_calls *calls_of(struct reader *r)
{
	switch (r->part) {
	case SCOPE_BEFORE:
		return &r->s->before;
	case SCOPE_CONCURRENT:
		return &r->s->program[r->cpu];
	case SCOPE_BEHIND:
		break;
	}
	return &r->s->after;
}

static int line_cpu(struct reader *r, struct text_line *l, struct err *e)
{
	int rc = read_cpu(l, MAX_CPU, &r->cpu, e);

	if (rc < 0)
		return rc;
	r->top = r->cpu > r->top ? r->cpu : r->top;
	r->said = true;
	if (r->part == SCOPE_CONCURRENT)
		r->last = NULL;
	return 0;
}

/* How many values were fed to the oracle in this part, by number or to this CPU. */
static u64 fed(const struct reader *r, const struct scope_feed *like)
{
	u64 n = 0;

	for (u32 i = 0; i < r->s->n_feeds; i++) {
		const struct scope_feed *f = &r->s->feed[i];

		n += f->core == like->core && f->vmid == like->vmid && f->part == like->part &&
		     f->cpu == like->cpu;
	}
	return n;
}

/* Behind those of the same part and CPU. */
static void put_feed(struct scope *s, const struct scope_feed *f)
{
	u32 i = s->n_feeds;

	if (s->n_feeds == s->cap_feeds)
		s->feed = vec_grow(s->feed, &s->cap_feeds, sizeof(*s->feed));
	for (; i > 0; i--) {
		const struct scope_feed *before = &s->feed[i - 1];

		if (before->part < f->part || (before->part == f->part && before->cpu <= f->cpu))
			break;
		s->feed[i] = *before;
	}
	s->feed[i] = *f;
	s->n_feeds++;
}

static int line_feed(struct reader *r, struct text_line *l, struct err *e)
{
	struct read_feed feed;
	struct scope_feed one;
	int rc = read_feed(l, &feed, e);

	if (rc < 0)
		return rc;
	r->begun = true;
	one = (struct scope_feed){ .core = feed.core,
		                   .part = r->part,
		                   .cpu = r->part == SCOPE_CONCURRENT ? r->cpu : SCOPE_ANY_CPU,
		                   .call = calls_of(r)->n,
		                   .vmid = feed.vmid };
	one.n = fed(r, &one);
	for (u32 i = 0; i < feed.n; i++, one.n++) {
		one.value = feed.v[i];
		put_feed(r->s, &one);
	}
	vec_free(&feed);
	return 0;
}

static int line_search(struct reader *r, struct text_line *l, const struct read_search *search,
                       struct err *e)
{
	struct scope *s = r->s;
	struct text_word w = script_first(l);

	if (r->part != SCOPE_BEHIND)
		return text_expected(l, w, 0, e,
		                     "end before what the search is expected to come to");
	if (search->is_verdict ? s->verdict[0] != '\0' : s->has_classes)
		return text_expected(l, w, 0, e, "one expect %s in a scope",
		                     search->is_verdict ? "verdict" : "classes");
	if (search->is_verdict) {
		memcpy(s->verdict, search->verdict, sizeof(s->verdict));
		s->verdict_line = l->number;
		s->verdict_column = search->column;
	} else {
		s->has_classes = true;
		s->classes = search->classes;
		s->classes_line = l->number;
	}
	return 0;
}

static void put_expect(struct reader *r, const struct scope_expect *expect)
{
	struct scope_look *look = r->look ? &r->s->look[r->s->n_looks - 1] : NULL;
	struct scope_call *call = look ? NULL : &r->last->v[r->last->n - 1];
	struct scope_expect **v = look ? &look->expect : &call->expect;
	u32 *n = look ? &look->n_expects : &call->n_expects;
	u32 *cap = look ? &look->cap_expects : &call->cap_expects;

	if (*n == *cap)
		*v = vec_grow(*v, cap, sizeof(**v));
	(*v)[(*n)++] = *expect;
}

static int line_expect(struct reader *r, struct text_line *l, struct err *e)
{
	struct read_search search;
	struct scope_expect expect;
	int rc = read_search(l, &search, e);

	if (rc == 0)
		return line_search(r, l, &search, e);
	if (rc < 0)
		return rc;
	if (!r->last && !r->look)
		return text_expected(l, text_next(l), 0, e, "a call before it");
	rc = read_expect(l, &expect, e);
	if (rc == 0)
		put_expect(r, &expect);
	return rc;
}

static int line_boot(struct reader *r, struct text_line *l, struct err *e)
{
	u64 pages;
	int rc;

	if (r->s->pages)
		return text_expected(l, script_first(l), 0, e, "one boot in a scope");
	if (r->begun || r->s->n_cells)
		return text_expected(l, script_first(l), 0, e,
		                     "boot before what the machine is fed, set and called");
	rc = read_boot(l, &pages, e);
	if (rc == 0)
		r->s->pages = pages;
	return rc;
}

/* One side each: the machine boots with it, and follows it. */
static int line_side(struct reader *r, struct text_line *l, struct err *e)
{
	struct text_word w = script_first(l);

	if (r->begun || r->s->n_cells || r->s->pages)
		return text_expected(l, w, 0, e,
		                     "%s before boot and what the machine is fed, set and called",
		                     text_is(w, "errata") ? "errata" : "erratum");
	return text_is(w, "errata") ? read_errata(l, &r->s->errata, e)
	                            : read_erratum(l, &r->s->errata, e);
}

/* The file has said both: steps that divide sections are not dependent by what sections come to. */
static int line_fits(const struct reader *r, struct text_line *l, struct err *e)
{
	if (r->s->depend != DEPEND_CELLS || r->s->grain == GRAIN_DEFAULT ||
	    r->s->grain == GRAIN_LOCK)
		return 0;
	return text_expected(l, script_first(l), 0, e, "grain lock beside depend cells");
}

static int line_depend(struct reader *r, struct text_line *l, struct err *e)
{
	int rc;

	if (r->s->depend != DEPEND_DEFAULT)
		return text_expected(l, script_first(l), 0, e, "one depend in a scope");
	rc = read_depend(l, &r->s->depend, e);
	return rc == 0 ? line_fits(r, l, e) : rc;
}

static int line_grain(struct reader *r, struct text_line *l, struct err *e)
{
	int rc;

	if (r->s->grain != GRAIN_DEFAULT)
		return text_expected(l, script_first(l), 0, e, "one grain in a scope");
	rc = read_grain(l, &r->s->grain, e);
	return rc == 0 ? line_fits(r, l, e) : rc;
}

/* set tlb 0|1: the last one says it. */
static int set_tlb(struct reader *r, struct text_line *l, struct err *e)
{
	u64 value = 0;
	int rc = script_number(l, 1, "0 or 1", &value, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		r->s->tlb = value;
	return rc;
}

static int line_checks(struct reader *r, struct text_line *l, struct err *e)
{
	if (r->s->checks.text[0])
		return text_expected(l, script_first(l), 0, e, "one checks in a scope");
	return read_checks(l, &r->s->checks, e);
}

/* set cell OBJECT FIELD[INDEX] VALUE: how the machine begins. */
static int line_set(struct reader *r, struct text_line *l, struct err *e)
{
	struct scope *s = r->s;
	struct scope_cell cell;
	struct text_word w = text_next(l);
	u64 value = 0;
	int rc;

	if (!text_is(w, "cell") && !text_is(w, "tlb"))
		return text_expected(
			l, w, 0, e,
			"cell or tlb (a scope sets nothing else: its calls set registers)");
	if (r->begun)
		return text_expected(l, script_first(l), 0, e,
		                     "set before what the machine is fed and called");
	if (text_is(w, "tlb"))
		return set_tlb(r, l, e);
	rc = read_cell(l, &cell, &w, e);
	if (rc == 0)
		rc = script_number(l, ~0ull, "a value", &value, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		rc = read_text(l, cell.text, sizeof(cell.text), e);
	if (rc < 0)
		return rc;
	cell.value = value;
	if (s->n_cells == s->cap_cells)
		s->cell = vec_grow(s->cell, &s->cap_cells, sizeof(*s->cell));
	s->cell[s->n_cells++] = cell;
	return 0;
}

/* get cell OBJECT FIELD[INDEX]: contents at the end. */
static int line_get(struct reader *r, struct text_line *l, struct err *e)
{
	struct scope *s = r->s;
	struct scope_look look = { .call = s->after.n, .line = l->number };
	struct text_word w = text_next(l);
	int rc;

	if (!text_is(w, "cell"))
		return text_expected(l, w, 0, e, "cell (a scope looks at contents only)");
	rc = read_cell(l, &look.cell, &w, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		rc = read_text(l, look.cell.text, sizeof(look.cell.text), e);
	if (rc < 0)
		return rc;
	if (s->n_looks == s->cap_looks)
		s->look = vec_grow(s->look, &s->cap_looks, sizeof(*s->look));
	s->look[s->n_looks++] = look;
	r->look = true;
	r->last = NULL;
	return 0;
}

static int line_dump(struct reader *r, struct text_line *l, struct err *e)
{
	(void)r;
	(void)l;
	(void)e;
	return 0;
}

static int line_concurrent(struct reader *r, struct text_line *l, struct err *e)
{
	struct text_word w = script_first(l);

	r->part = SCOPE_CONCURRENT;
	r->said = false;
	r->last = NULL;
	r->s->concurrent_line = l->number;
	r->s->concurrent_column = script_column(l, w);
	return script_end(l, e);
}

static int line_end(struct reader *r, struct text_line *l, struct err *e)
{
	r->part = SCOPE_BEHIND;
	r->cpu = 0;
	r->last = NULL;
	return script_end(l, e);
}

static int line_call(struct reader *r, struct text_line *l, struct text_word w, struct err *e)
{
	struct scope_calls *calls = calls_of(r);
	struct read_call call;
	int rc = read_call(l, w, NULL, &call, e);

	if (rc > 0)
		return text_expected(l, w, 0, e,
		                     "a primitive (hypsim list primitives), or one of cpu, hvc, "
		                     "fault, run, trap, irq, feed, expect, boot, errata, erratum, "
		                     "depend, grain, checks, set, get, dump, concurrent, end");
	if (rc == 0)
		rc = read_text(l, call.call.text, sizeof(call.call.text), e);
	if (rc < 0)
		return rc;
	call.call.cpu = r->cpu;
	call.call.line = l->number;
	call.call.column = script_column(l, w);
	vec_push(calls, call.call);
	r->last = calls;
	r->look = false;
	r->begun = true;
	return 0;
}

static const struct {
	const char *name;
	int (*read)(struct reader *r, struct text_line *l, struct err *e);
} lines[] = {
	{ "cpu", line_cpu },
	{ "feed", line_feed },
	{ "expect", line_expect },
	{ "boot", line_boot },
	{ "errata", line_side },
	{ "erratum", line_side },
	{ "depend", line_depend },
	{ "grain", line_grain },
	{ "checks", line_checks },
	{ "set", line_set },
	{ "get", line_get },
	{ "dump", line_dump },
	{ "concurrent", line_concurrent },
	{ "end", line_end },
};

static int one_line(struct reader *r, struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);
	const char *instead = read_refusal(w, r->part);

	if (w.len == 0)
		return 0;
	if (instead)
		return text_expected(l, w, 0, e, "%s", instead);
	if (r->part == SCOPE_CONCURRENT && !r->said && !text_is(w, "cpu") && !text_is(w, "end"))
		return text_expected(l, w, 0, e, "cpu N, whose program it is");
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		if (text_is(w, lines[i].name))
			return lines[i].read(r, l, e);
	return line_call(r, l, w, e);
}

static int all_lines(struct reader *r, const char *text, size_t len, struct err *e)
{
	const char *end = text + len;
	struct text_line l = { .file = r->s->name };

	for (const char *p = text; p < end; p = l.end + 1) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		int rc;

		l.number++;
		l.begin = l.at = p;
		l.end = newline ? newline : end;
		rc = exec_hinted(one_line(r, &l, e), l.begin, (size_t)(l.end - l.begin), l.file, e);
		if (rc < 0)
			return rc;
	}
	if (r->part == SCOPE_BEFORE)
		return err_set(e, ERR_TEXT,
		               "%s:%llu:1: expected concurrent, found the end of the file", l.file,
		               (unsigned long long)l.number + 1);
	if (r->part == SCOPE_CONCURRENT)
		return read_unclosed(l.file, r->s->concurrent_line, r->s->concurrent_column, e);
	return 0;
}

int scope_parse(struct scope **out, const char *name, const char *text, size_t len,
                const struct scope_opts *o, struct err *e)
{
	struct scope *s = xcalloc(1, sizeof(*s));
	struct reader r = { .s = s };
	int rc;

	s->name = xcalloc(1, strlen(name) + 1);
	memcpy(s->name, name, strlen(name));
	s->seed = o->seed;
	s->errata = o->errata;
	rc = all_lines(&r, text, len, e);
	s->cpus = r.top + 1 > o->cpus ? r.top + 1 : o->cpus;
	if (rc < 0) {
		scope_free(s);
		return rc;
	}
	*out = s;
	return 0;
}
