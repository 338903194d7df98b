// SPDX-License-Identifier: GPL-2.0-only
#include "sim/rerun/record_reader.h"

#include "oracle/data.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/read/replay.h"
#include "sim/log/stuck_rule.h"
#include "sim/rerun/recorded_order.h"

#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

/**
 * struct record_reader
 * @replay: contents, by which differences get both values
 * @batch:  [n], of which @at were taken
 */
struct record_reader {
	struct log_source *source;
	struct replay *replay;
	u64 only, index;
	struct recorded *rec;
	struct record_order *order;
	struct event batch[SOURCE_BATCH];
	u32 n, at;
	bool ended;
};

struct record_reader *record_reader_new(struct log_source *source, u64 only)
{
	struct record_reader *r = xcalloc(1, sizeof(*r));

	r->source = source;
	r->only = only;
	r->replay = replay_new(source->config, doracle);
	return r;
}

void record_reader_free(struct record_reader *r)
{
	if (!r)
		return;
	recorded_free(r->rec);
	record_order_free(r->order);
	replay_free(r->replay);
	free(r);
}

/* Memory as long as the episode is there. */
static void *keep(struct recorded *r, const void *from, size_t n)
{
	size_t took = (n + 7) & ~(size_t)7;
	u8 *p;

	if (took > BLOCK_BYTES / 4) {
		p = xcalloc(1, took);
		vec_push(&r->block, p);
		/* The block that is being filled stays the last one. */
		if (r->block.n > 1) {
			r->block.v[r->block.n - 1] = r->block.v[r->block.n - 2];
			r->block.v[r->block.n - 2] = p;
		} else {
			r->used = BLOCK_BYTES;
		}
		memcpy(p, from, n);
		return p;
	}
	if (r->block.n == 0 || r->used + took > BLOCK_BYTES) {
		p = xcalloc(1, BLOCK_BYTES);
		vec_push(&r->block, p);
		r->used = 0;
	}
	p = (u8 *)r->block.v[r->block.n - 1] + r->used;
	r->used += took;
	memcpy(p, from, n);
	return p;
}

/* What the event carries, with the sentence that stands behind a mark's arguments. */
static void keep_payload(struct recorded *r, struct event *e)
{
	size_t n = e->n * (event_is_mark(e->kind) ? sizeof(u64) : sizeof(struct diff));

	if (event_is_mark(e->kind) && mark_spec(e->kind)->text)
		n += strlen(mark_text(e)) + 1;
	if (n)
		e->args = keep(r, e->args, n);
}

static int add(struct record_reader *r, struct event *e, struct err *err)
{
	struct recorded_cpu *c = &r->rec->cpu[e->cpu];
	int rc;

	c->ends |= e->kind == MARK_CLOSE;
	if (e->kind == MARK_CLOSE)
		return 0;
	rc = record_order_take(r->order, e, r->index, err);
	if (rc < 0)
		return rc;
	keep_payload(r->rec, e);
	vec_push(&c->event, *e);
	vec_push(&c->index, r->index);
	r->rec->events++;
	return 0;
}

static void begin(struct record_reader *r, const struct event *e)
{
	r->rec = xcalloc(1, sizeof(*r->rec));
	r->rec->config = r->source->config;
	r->rec->number = e->arg;
	r->order = record_order_new(r->rec);
}

/* What a CPU says behind its last step, or not: that depends on where it saw that it shall leave. */
static bool is_soft(const struct event *e)
{
	return e->kind == MARK_REGS || e->kind == MARK_CTXT || e->kind == EV_GET_NOW ||
	       e->kind == MARK_BARRIER;
}

/* The events from which on it is said that the CPU was left in an operation. */
static void find_left(struct recorded_cpu *c)
{
	u32 at = c->event.n;

	c->left = NO_PLACE;
	for (u32 i = c->event.n; c->ends && i-- > 0;) {
		const struct event *e = &c->event.v[i];

		if (e->kind == MARK_STOPPED ||
		    (e->kind == MARK_STUCK && e->arg == STUCK_DEADLOCK)) {
			at = i;
			break;
		}
		if (e->kind != MARK_REGS && e->kind != MARK_CTXT && e->kind != MARK_MEMORY)
			return;
		if (i == 0)
			return;
	}
	if (c->ends && at == c->event.n)
		return;
	while (at > 0 && is_soft(&c->event.v[at - 1]))
		at--;
	c->left = at;
}

/* @ends: there is another episode behind it. */
static struct recorded *end(struct record_reader *r, bool ends)
{
	struct recorded *rec = r->rec;

	for (u32 c = 0; c < rec->config->cpus; c++) {
		rec->cpu[c].ends |= ends;
		find_left(&rec->cpu[c]);
	}
	record_order_settle(r->order);
	record_order_free(r->order);
	r->order = NULL;
	r->rec = NULL;
	return rec;
}

static int more(struct record_reader *r, struct err *e)
{
	int rc = r->source->next(r->source, r->batch, SOURCE_BATCH, &r->n, e);

	r->at = 0;
	r->ended = rc == 0 && r->n == 0;
	return rc;
}

/* 1: the episode is complete. */
static int take(struct record_reader *r, struct event *ev, struct recorded **out, struct err *e)
{
	bool kept = r->only == ~0ull || (r->rec && r->rec->number == r->only);
	u64 at;
	int rc;

	if (ev->kind == MARK_EPISODE && r->rec && ev->arg != r->rec->number) {
		*out = end(r, true);
		return 1;
	}
	r->at++;
	if (ev->flags & EVF_RUN) {
		r->index++;
		return 0;
	}
	rc = replay_event(r->replay, ev, &at, e);
	if (rc < 0)
		return rc;
	if (ev->kind == MARK_EPISODE && !r->rec && (r->only == ~0ull || ev->arg == r->only))
		begin(r, ev);
	else if (ev->kind != MARK_EPISODE && r->rec)
		rc = add(r, ev, e);
	else if (ev->kind != MARK_EPISODE && kept)
		rc = err_set(e, ERR_USAGE, "event %llu: the log has no beginning of an episode",
		             (unsigned long long)r->index);
	r->index++;
	return rc < 0 ? rc : 0;
}

int record_reader_next(struct record_reader *r, struct recorded **out, struct err *e)
{
	int rc = 0;

	while (rc == 0) {
		if (r->at == r->n && !r->ended)
			rc = more(r, e);
		if (rc < 0)
			return rc;
		if (r->ended && !r->rec)
			return 0;
		if (r->ended) {
			*out = end(r, false);
			return 1;
		}
		rc = take(r, &r->batch[r->at], out, e);
	}
	return rc;
}
