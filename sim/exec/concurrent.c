// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/concurrent.h"

#include "sim/base/vec.h"
#include "sim/exec/read_expect.h"
#include "sim/exec/words.h"

#include <stdlib.h>

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

		for (u32 k = 0; k < p->n_calls; k++)
			free(p->call[k].call.expect);
		free(p->call);
		free(p->feed);
		free(p->used);
	}
	free(r);
}

int concurrent_closed(const struct concurrent *r, struct err *e)
{
	if (!r)
		return 0;
	return read_unclosed(r->file, r->line, r->column, e);
}

struct concurrent *concurrent_new(const struct text_line *l)
{
	struct concurrent *r = xcalloc(1, sizeof(*r));

	r->line = l->number;
	r->column = script_column(l, script_first(l));
	snprintf(r->file, sizeof(r->file), "%s", l->file);
	return r;
}

static int add_call(struct concurrent *r, struct text_line *l, struct text_word w, struct err *e)
{
	struct program *p = &r->program[r->cpu];
	struct read_call call;
	int rc = read_call(l, w, NULL, &call, e);

	if (rc > 0)
		return text_expected(l, w, 0, e,
		                     "a primitive (hypsim list primitives), or one of cpu, hvc, "
		                     "fault, run, trap, irq, feed, expect, end");
	if (rc < 0)
		return rc;
	call.call.line = l->number;
	if (p->n_calls == p->cap_calls)
		p->call = vec_grow(p->call, &p->cap_calls, sizeof(*p->call));
	p->call[p->n_calls++] = call;
	r->called = true;
	return 0;
}

static int add_expect(struct concurrent *r, struct text_line *l, struct text_word w, struct err *e)
{
	struct program *p = &r->program[r->cpu];
	struct scope_call *c = p->n_calls ? &p->call[p->n_calls - 1].call : NULL;
	struct read_search search;
	struct scope_expect expect;
	int rc = read_search(l, &search, e);

	if (rc == 0)
		return text_expected(l, w, 0, e,
		                     "end before what the search is expected to come to");
	if (rc < 0)
		return rc;
	if (!r->called || !c)
		return text_expected(l, text_next(l), 0, e, "a call before it");
	rc = read_expect(l, &expect, e);
	if (rc < 0)
		return rc;
	if (c->n_expects == c->cap_expects)
		c->expect = vec_grow(c->expect, &c->cap_expects, sizeof(*c->expect));
	c->expect[c->n_expects++] = expect;
	return 0;
}

static int add_feed(struct concurrent *r, struct text_line *l, struct err *e)
{
	struct program *p = &r->program[r->cpu];
	struct read_feed feed;
	int rc = read_feed(l, &feed, e);

	if (rc < 0)
		return rc;
	for (u32 i = 0; i < feed.n; i++) {
		if (p->n_feeds == p->cap_feeds)
			p->feed = vec_grow(p->feed, &p->cap_feeds, sizeof(*p->feed));
		p->feed[p->n_feeds++] = (struct scope_feed){ .core = feed.core,
			                                     .part = SCOPE_CONCURRENT,
			                                     .cpu = r->cpu,
			                                     .call = p->n_calls,
			                                     .vmid = feed.vmid,
			                                     .value = feed.v[i] };
	}
	vec_free(&feed);
	return 0;
}

int concurrent_line(struct concurrent *r, u32 cpus, struct text_line *l, struct text_word w,
                    struct err *e)
{
	const char *instead = read_refusal(w, SCOPE_CONCURRENT);
	int rc;

	if (instead)
		return text_expected(l, w, 0, e, "%s", instead);
	if (text_is(w, "cpu")) {
		rc = read_cpu(l, cpus, &r->cpu, e);
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
	return add_call(r, l, w, e);
}

struct program *concurrent_program(struct concurrent *r, u32 cpu)
{
	struct program *p = &r->program[cpu];

	if (!p->used)
		p->used = xcalloc(p->n_feeds + 1, sizeof(*p->used));
	return p;
}

u32 program_fed(const struct program *p, u32 call)
{
	u32 n = 0;

	while (n < p->n_feeds && p->feed[n].call <= call)
		n++;
	return n;
}
