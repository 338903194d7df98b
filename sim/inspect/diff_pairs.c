// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/diff_pairs.h"

#include "sim/base/vec.h"

#include <string.h>

/**
 * struct pairs_stream
 * @item:   ring of the items that one log is ahead: [n of cap] from @head on
 * @log:    whose they are
 * @off:    the streams are not comparable up to the episode's end
 * @number: pairs of the episode so far
 */
struct pairs_stream {
	struct diff_item *item;
	u32 cap, head, n, log;
	bool off;
	u64 number;
};

/**
 * struct diff_pairs
 * @ahead: [log] items in rings
 */
struct diff_pairs {
	struct pairs_stream stream[PAIRS_NR];
	struct diff_count count[DIFF_NR];
	u64 ahead[DIFF_LOGS];
	u64 episode;
};

struct diff_pairs *diff_pairs_new(void)
{
	return xcalloc(1, sizeof(struct diff_pairs));
}

void diff_pairs_free(struct diff_pairs *p)
{
	for (u32 i = 0; i < PAIRS_NR; i++)
		free(p->stream[i].item);
	free(p);
}

/* The ring gets twice the room, and begins at 0. */
static void more_room(struct pairs_stream *s)
{
	u32 cap = s->cap ? 2 * s->cap : 16;
	struct diff_item *item = xmalloc(cap * sizeof(*item));

	for (u32 i = 0; i < s->n; i++)
		item[i] = s->item[(s->head + i) % s->cap];
	free(s->item);
	s->item = item;
	s->cap = cap;
	s->head = 0;
}

static void put(struct diff_pairs *p, struct pairs_stream *s, u32 log, const struct diff_item *it)
{
	if (s->n == s->cap)
		more_room(s);
	s->log = log;
	s->item[(s->head + s->n++) % s->cap] = *it;
	p->ahead[log]++;
}

static struct diff_item get(struct diff_pairs *p, struct pairs_stream *s)
{
	struct diff_item it = s->item[s->head];

	s->head = (s->head + 1) % s->cap;
	s->n--;
	p->ahead[s->log]--;
	return it;
}

static void note(struct diff_pairs *p, enum diff_kind kind, const struct diff_place *at)
{
	struct diff_count *c = &p->count[kind];

	if (c->n++ == 0 || at->index[DIFF_A] < c->first.index[DIFF_A])
		c->first = *at;
}

static struct diff_place place(const struct diff_pairs *p, const struct pairs_stream *s, u64 a,
                               u64 b)
{
	return (struct diff_place){ .episode = p->episode,
		                    .number = s->number,
		                    .stream = (u32)(s - p->stream),
		                    .there = { true, true },
		                    .index = { a, b } };
}

/* Two sections of a lock with the same number of sections before them in the episode. */
static void pair_sections(struct diff_pairs *p, const struct pairs_stream *s,
                          const struct diff_item *a, const struct diff_item *b)
{
	struct diff_count *value = &p->count[DIFF_VALUE];
	struct diff_place at;

	p->count[DIFF_ORDER].compared++;
	if (a->shape != b->shape) {
		at = place(p, s, a->got, b->got);
		note(p, DIFF_ORDER, &at);
		/* What another CPU pushes there is another section's, not another value. */
		value->left_out[DIFF_A]++;
		value->left_out[DIFF_B]++;
		return;
	}
	value->compared++;
	if (a->hash != b->hash) {
		at = place(p, s, a->index, b->index);
		note(p, DIFF_VALUE, &at);
	}
}

static void pair_items(struct diff_pairs *p, struct pairs_stream *s, const struct diff_item *a,
                       const struct diff_item *b)
{
	bool begins = a->kind == DIFF_OPERATION || b->kind == DIFF_OPERATION;
	enum diff_kind kind = begins ? DIFF_OPERATION : a->kind;
	struct diff_place at = place(p, s, a->index, b->index);

	p->count[kind].compared++;
	if (a->shape != b->shape)
		s->off = true;
	if (a->shape != b->shape || a->hash != b->hash)
		note(p, kind, &at);
}

static void leave_out(struct diff_pairs *p, const struct pairs_stream *s, u32 log,
                      const struct diff_item *it)
{
	u32 stream = (u32)(s - p->stream);

	p->count[it->kind].left_out[log]++;
	/* A section is two items: who had the lock, and what was pushed. */
	if (stream >= PAIRS_LOCK && stream < PAIRS_MEMORY)
		p->count[DIFF_VALUE].left_out[log]++;
}

void diff_pairs_take(struct diff_pairs *p, u32 log, u32 stream, const struct diff_item *it)
{
	struct pairs_stream *s = &p->stream[stream];
	struct diff_item other;

	if (s->off) {
		leave_out(p, s, log, it);
		return;
	}
	if (s->n == 0 || s->log == log) {
		put(p, s, log, it);
		return;
	}
	other = get(p, s);
	if (stream >= PAIRS_LOCK && stream < PAIRS_MEMORY)
		pair_sections(p, s, log == DIFF_A ? it : &other, log == DIFF_A ? &other : it);
	else
		pair_items(p, s, log == DIFF_A ? it : &other, log == DIFF_A ? &other : it);
	s->number++;
	/* What one log is ahead in a stream that is not comparable is not waited for. */
	while (s->off && s->n) {
		u32 whose = s->log;

		other = get(p, s);
		leave_out(p, s, whose, &other);
	}
}

u64 diff_pairs_ahead(const struct diff_pairs *p, u32 log)
{
	return p->ahead[log];
}

/* One log goes on in a stream that ends in the other: one difference, and what comes behind is left out. */
static void end_stream(struct diff_pairs *p, struct pairs_stream *s, const u64 end[DIFF_LOGS])
{
	bool memory = (u32)(s - p->stream) >= PAIRS_MEMORY;
	bool first = true;

	while (s->n) {
		u32 log = s->log;
		struct diff_item it = get(p, s);
		bool section = it.kind == DIFF_ORDER;
		struct diff_place at = place(p, s, end[DIFF_A], end[DIFF_B]);

		if (!first || memory) {
			/* An episode that was cut does not say what its objects held. */
			leave_out(p, s, log, &it);
			continue;
		}
		first = false;
		at.there[!log] = false;
		at.index[log] = section ? it.got : it.index;
		p->count[it.kind].compared++;
		note(p, it.kind, &at);
		if (section)
			p->count[DIFF_VALUE].left_out[log]++;
	}
	s->off = false;
	s->number = 0;
}

void diff_pairs_episode(struct diff_pairs *p, const u64 end[DIFF_LOGS])
{
	for (u32 i = 0; i < PAIRS_NR; i++)
		end_stream(p, &p->stream[i], end);
	p->episode++;
}

const struct diff_count *diff_pairs_counts(const struct diff_pairs *p)
{
	return p->count;
}
