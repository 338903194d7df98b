// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/concurrent.h"

#include "sim/base/vec.h"
#include "sim/exec/read.h"
#include "sim/exec/script.h"

#include <stdlib.h>

/* A call, and what it must come to: [n_expects]; @line of the script. */
struct one_call {
	struct read_call read;
	VEC(struct scope_expect) expect;
};

/**
 * struct program - of a CPU
 * @call: [n]; @feed: [n] values that it was fed; @used: [n] those that it has taken, or that were left
 */
struct program {
	VEC(struct one_call) call;
	VEC(struct scope_feed) feed;
	bool *used;
};

/**
 * struct concurrent - what was read between concurrent and end
 * @cpu:  whose program it is: said with cpu N, if @said; @called: there was a call since then
 * @file, @line, @column: of the word concurrent
 */
struct concurrent {
	struct program program[MAX_CPU];
	u32 cpu;
	bool said, called;
	char file[256];
	u64 line, column;
};

void concurrent_free(struct concurrent *r)
{
	if (!r)
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		struct program *p = &r->program[i];

		for (u32 k = 0; k < p->call.n; k++)
			vec_free(&p->call.v[k].expect);
		vec_free(&p->call);
		vec_free(&p->feed);
		free(p->used);
	}
	free(r);
}

int concurrent_closed(const struct concurrent *r, struct err *e)
{
	if (!r)
		return 0;
	return err_set(e, ERR_TEXT,
	               "%s:%llu:%llu: expected end behind concurrent, found the end of the file",
	               r->file, (unsigned long long)r->line, (unsigned long long)r->column);
}

int do_concurrent(struct exec *x, struct text_line *l, struct err *e)
{
	struct text_line again = *l;
	struct text_word w;
	int rc;

	again.at = again.begin;
	w = text_next(&again);
	if (x->o.sequential)
		return text_expected(l, w, 0, e, "a line that makes one call at most");
	rc = script_end(l, e);
	if (rc < 0)
		return rc;
	x->concurrent = xcalloc(1, sizeof(*x->concurrent));
	x->concurrent->line = l->number;
	x->concurrent->column = (u64)(w.p - l->begin) + 1;
	snprintf(x->concurrent->file, sizeof(x->concurrent->file), "%s", l->file);
	return 0;
}

static int add_call(struct exec *x, struct text_line *l, struct text_word w, struct err *e)
{
	struct concurrent *r = x->concurrent;
	struct one_call call = { .expect = { .n = 0 } };
	int rc = read_call(l, w, NULL, &call.read, e);

	if (rc > 0)
		return text_expected(l, w, 0, e,
		                     "a primitive (hypsim list primitives), or one of cpu, hvc, "
		                     "fault, run, trap, irq, feed, expect, end");
	if (rc < 0)
		return rc;
	call.read.call.line = l->number;
	vec_push(&r->program[r->cpu].call, call);
	r->called = true;
	return 0;
}

static int add_expect(struct concurrent *r, struct text_line *l, struct text_word w, struct err *e)
{
	struct program *p = &r->program[r->cpu];
	struct read_search search;
	struct scope_expect expect;
	int rc = read_search(l, &search, e);

	if (rc == 0)
		return text_expected(l, w, 0, e,
		                     "end before what the search is expected to come to");
	if (rc < 0)
		return rc;
	if (!r->called)
		return text_expected(l, text_next(l), 0, e, "a call before it");
	rc = read_expect(l, &expect, e);
	if (rc == 0)
		vec_push(&p->call.v[p->call.n - 1].expect, expect);
	return rc;
}

static int add_feed(struct concurrent *r, struct text_line *l, struct err *e)
{
	struct program *p = &r->program[r->cpu];
	struct read_feed feed;
	int rc = read_feed(l, &feed, e);

	if (rc < 0)
		return rc;
	for (u32 i = 0; i < feed.n; i++)
		vec_push(&p->feed, ((struct scope_feed){ .core = feed.core,
		                                         .part = SCOPE_CONCURRENT,
		                                         .cpu = r->cpu,
		                                         .call = p->call.n,
		                                         .vmid = feed.vmid,
		                                         .value = feed.v[i] }));
	vec_free(&feed);
	return 0;
}

int concurrent_line(struct exec *x, struct text_line *l, struct text_word w, struct err *e)
{
	struct concurrent *r = x->concurrent;
	const char *instead = read_refusal(w, SCOPE_CONCURRENT);
	int rc;

	if (instead)
		return text_expected(l, w, 0, e, "%s", instead);
	if (text_is(w, "cpu")) {
		rc = read_cpu(l, x->o.cpus, &r->cpu, e);
		r->said |= rc == 0;
		r->called &= rc != 0;
		return rc;
	}
	if (!r->said)
		return text_expected(l, w, 0, e, "cpu N, whose program it is");
	if (text_is(w, "expect"))
		return add_expect(r, l, w, e);
	if (text_is(w, "feed"))
		return add_feed(r, l, e);
	return add_call(x, l, w, e);
}

/* What the CPU was fed before the call: [n] in the order of the script. */
static u32 fed_before(const struct program *p, u32 call)
{
	u32 n = 0;

	while (n < p->feed.n && p->feed.v[n].call <= call)
		n++;
	return n;
}

static int make_program(struct exec *x, struct program *p, const char *file, struct err *e)
{
	p->used = xcalloc(p->feed.n + 1, sizeof(*p->used));
	for (u32 i = 0; i < p->call.n; i++) {
		struct one_call *c = &p->call.v[i];
		int rc;

		x->line = c->read.call.line;
		exec_own(x, &c->read.call, p->feed.v, p->used, fed_before(p, i));
		rc = exec_call_line(x, &c->read, e);
		exec_own_taken(x, p->used);
		if (rc < 0)
			return rc;
		for (u32 k = 0; k < c->expect.n; k++)
			exec_judge(x, &c->expect.v[k], file);
	}
	return 0;
}

int do_end(struct exec *x, struct text_line *l, struct err *e)
{
	struct concurrent *r = x->concurrent;
	struct text_line again = *l;
	int rc;

	again.at = again.begin;
	if (!r)
		return text_expected(l, text_next(&again), 0, e, "concurrent before its end");
	rc = script_end(l, e);
	if (rc < 0)
		return rc;
	x->concurrent = NULL;
	for (u32 i = 0; i < x->o.cpus && rc == 0; i++) {
		x->cpu = i;
		rc = make_program(x, &r->program[i], l->file, e);
	}
	x->cpu = 0;
	x->last.have = false;
	concurrent_free(r);
	return rc;
}
