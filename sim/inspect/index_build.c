// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_build.h"

#include "oracle/data.h"
#include "sim/inspect/index_waits.h"
#include "sim/inspect/lock_order.h"
#include "sim/inspect/lock_sums.h"
#include "sim/inspect/sections.h"
#include "sim/log/read/replay_stash.h"
#include "sim/log/text/open.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_EVERY = 1 << 16, INDEX_SHARE = 6 };

/* Changes are written on top of others until they take as many times what a whole point takes. */
enum { CHAIN_TIMES = 3 };

/**
 * struct build
 * @st:      what is known of the log so far
 * @begun:   the episode that began last, and 1; 0: none has
 * @index:   of the next event; @at, @bytes: of the last point: its event, and the log's bytes that were read by then
 * @size:    bytes of the last point; @whole, @chain: of the last contents that need nothing before, and of those since
 * @blocks:  a block a point; @block: the one that is being read, by @taking
 */
struct build {
	const struct index_options *o;
	struct log_source *s;
	struct merge *m;
	struct index_state st;
	u64 episode[MAX_CPU], begun;
	u64 index, at, bytes, size, whole, chain;
	struct index_out out;
	struct index_summing summing;
	struct index_sums sums;
	struct index_waiting *waiting;
	struct lock_order *order;
	VEC(struct index_point) points;
	VEC(struct index_block) blocks;
	struct index_block block;
	struct index_taking *taking;
	struct err *e;
};

struct index_options index_defaults(void)
{
	return (struct index_options){ .every = INDEX_EVERY, .share = INDEX_SHARE };
}

bool index_log_name(struct log_source *s, struct log_name *out)
{
	struct merge *m = merge_of_source(s);

	return m && m->reader->file && !m->reader->file->growing &&
	       chunk_file_name(m->reader->file, out);
}

/* A block begins: the CPUs are where they are. */
static void begin_block(struct build *b)
{
	struct index_block *k = &b->block;

	index_block_begin(k, b->taking);
	for (u32 i = 0; i < b->s->config->cpus; i++) {
		const struct nest_cpu *c = &b->st.nest->cpu[i];

		for (u32 d = 0; d < c->n; d++) {
			if (c->level[d].kind == NEST_WORK)
				k->ops.work |= 1ull << (c->level[d].id & 63);
			if (c->level[d].kind == NEST_OP)
				k->ops.atomic |= 1ull << (c->level[d].id & 63);
		}
	}
}

static int put_state(struct build *b, struct index_point *p)
{
	struct stash s = stash_new();
	int rc;

	index_state_stash(b->s, &b->st, &s);
	rc = index_out_part(&b->out, s.out.v, s.out.n, &p->state, b->e);
	vec_free(&s.out);
	return rc;
}

static int put_contents(struct build *b, struct index_point *p)
{
	bool whole = b->chain > CHAIN_TIMES * b->whole;
	struct stash s = stash_new();
	int rc;

	p->whole = replay_stash(b->st.replay, &s, whole);
	rc = index_out_part(&b->out, s.out.v, s.out.n, &p->contents, b->e);
	vec_free(&s.out);
	if (p->whole) {
		b->whole = p->contents.stored;
		b->chain = 0;
	} else {
		b->chain += p->contents.stored;
	}
	return rc;
}

/* The log can be read from here on. */
static int put_point(struct build *b)
{
	struct index_point p = { .index = b->index };
	u64 from = b->out.at;

	index_block_end(&b->block);
	vec_push(&b->blocks, b->block);
	begin_block(b);
	if (put_state(b, &p) < 0 || put_contents(b, &p) < 0)
		return -(int)b->e->code;
	vec_push(&b->points, p);
	index_waiting_block(b->waiting);
	if (index_summing_block(&b->summing, &b->out, &b->sums, b->e) < 0)
		return -(int)b->e->code;
	b->at = b->index;
	b->bytes = b->m->reader->stored_bytes;
	b->size = b->out.at - from;
	return 0;
}

static bool point_is_due(const struct build *b)
{
	return b->index - b->at >= b->o->every &&
	       (b->m->reader->stored_bytes - b->bytes) >= b->o->share * b->size;
}

/* Each CPU has a mark of an episode's begin; the first one begins it. */
static void episode(struct build *b, const struct event *ev)
{
	struct index_begin begin = { b->index, ev->arg };

	b->episode[ev->cpu] = ev->arg;
	if (b->begun == ev->arg + 1ull)
		return;
	b->begun = ev->arg + 1ull;
	vec_push(&b->block.begins, begin);
}

static int take(struct build *b, struct event *ev)
{
	u64 at;
	int rc = replay_event(b->st.replay, ev, &at, b->e);

	if (rc < 0)
		return rc;
	sections_event(b->st.sections, b->index, ev);
	if (unlikely(ev->kind == MARK_EPISODE))
		episode(b, ev);
	b->index++;
	index_block_take(&b->block, b->taking, ev, b->episode[ev->cpu]);
	return 0;
}

/* sections_told: what the tables are made of. */
static void asked(void *arg, const struct sections *ss, const struct lock_section *s)
{
	const struct build *b = arg;

	lock_order_asked(b->order, ss, s);
}

static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	const struct build *b = arg;

	lock_sums_done(index_summing_now(&b->summing), ss, s);
	index_waiting_done(b->waiting, s);
}

static int put_tables(struct build *b, struct log_index *ix)
{
	int rc = index_summing_end(&b->summing, &b->out, &ix->locks, b->e);
	struct stash s = stash_new();

	if (rc == 0)
		rc = index_waiting_end(b->waiting, &b->out, &ix->waits, b->e);
	lock_order_stash(b->order, &s);
	if (rc == 0)
		rc = index_out_part(&b->out, s.out.v, s.out.n, &ix->order, b->e);
	vec_free(&s.out);
	return rc;
}

/* All of the log, however it ends: that is said by the last point. */
static int read_all(struct build *b)
{
	struct event ev[SOURCE_BATCH];
	struct err end;
	int rc = 0;
	u32 n;

	for (;;) {
		rc = b->s->next(b->s, ev, SOURCE_BATCH, &n, &end);
		if (rc < 0 && end.code == ERR_INTERRUPT) {
			*b->e = end;
			return rc;
		}
		for (u32 i = 0; i < n; i++)
			if (take(b, &ev[i]) < 0)
				return -(int)b->e->code;
		if (rc < 0 || n == 0)
			return put_point(b);
		if (point_is_due(b) && put_point(b) < 0)
			return -(int)b->e->code;
	}
}

static int finish(struct build *b)
{
	struct log_index ix = { .n_points = b->points.n,
		                .point = b->points.v,
		                .block = b->blocks.v,
		                .locks = b->sums };
	struct stash s = stash_new();
	struct log_name name;
	int rc = put_tables(b, &ix);

	log_index_stash(&ix, &s);
	if (rc == 0 && index_log_name(b->s, &name))
		rc = index_out_finish(&b->out, &name, s.out.v, s.out.n, b->e);
	else if (rc == 0)
		rc = err_set(b->e, ERR_OPEN, "the log cannot be read again");
	vec_free(&s.out);
	return rc;
}

static int build(struct build *b)
{
	const struct sections_told told = { .asked = asked, .done = done, .arg = b };
	int rc;

	index_summing_begin(&b->summing, b->s->config->timestamps);
	b->waiting = index_waiting_new();
	b->order = xcalloc(1, sizeof(*b->order));
	b->m = merge_of_source(b->s);
	b->st.replay = replay_new(b->s->config, doracle);
	b->st.sections = sections_new(&told);
	b->st.nest = sections_brackets(b->st.sections);
	b->st.episode = b->episode;
	replay_track(b->st.replay);
	b->taking = xcalloc(1, sizeof(*b->taking));
	b->taking->replay = b->st.replay;
	begin_block(b);
	rc = read_all(b);
	if (rc == 0)
		rc = finish(b);
	index_summing_free(&b->summing);
	index_sums_free(&b->sums);
	index_waiting_free(b->waiting);
	free(b->order);
	replay_free(b->st.replay);
	sections_free(b->st.sections);
	for (u32 i = 0; i < b->blocks.n; i++)
		index_block_free(&b->blocks.v[i]);
	index_block_free(&b->block);
	free(b->taking);
	vec_free(&b->blocks);
	vec_free(&b->points);
	return rc;
}

int index_build(const char *log, const char *path, const struct index_options *o, struct err *e)
{
	struct build b = { .o = o, .e = e, .out = { .file = { .fd = -1 } } };
	struct log_name name;
	int rc = log_open(log, &b.s, e);

	if (rc < 0)
		return rc;
	if (!index_log_name(b.s, &name))
		rc = err_set(e, ERR_USAGE,
		             "%s: only a binary log that nobody writes any more has an index", log);
	else
		rc = index_out_open(&b.out, path, e);
	if (rc == 0)
		rc = build(&b);
	index_out_drop(&b.out);
	b.s->close(b.s);
	return rc;
}
