// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/judge_events.h"

#include "sim/base/check.h"

/* Of one record's marks and differences, but for more differences than most sections have. */
enum { BLOCK_BYTES = 1 << 16 };

_Static_assert(BLOCK_BYTES >= (MAX_MARK_ARGS + 1) * 8 + MAX_MARK_TEXT + 1, "any mark fits");

/* The arena's block is what the decoder has made of it: when it is empty, a decoder may put a larger one into its place. */
static void hold(struct judge_events *s)
{
	if (s->batch.arena)
		s->block.v[s->at] =
			(struct events_block){ .bytes = s->batch.arena, .cap = s->batch.cap };
}

/* Block number @at is the arena. */
static void use_block(struct judge_events *s, u32 at, size_t used)
{
	s->at = at;
	s->batch.arena = s->block.v[at].bytes;
	s->batch.cap = s->block.v[at].cap;
	s->batch.used = used;
}

/* A block of @need bytes behind those that are full. */
static void next_block(struct judge_events *s, size_t need)
{
	u32 at = s->block.n && s->batch.used ? s->at + 1 : s->at;

	hold(s);
	if (at == s->block.n)
		vec_push(&s->block, ((struct events_block){ 0 }));
	if (s->block.v[at].cap < need) {
		free(s->block.v[at].bytes);
		s->block.v[at] = (struct events_block){ .bytes = xcalloc(1, need), .cap = need };
	}
	use_block(s, at, 0);
}

/* What the next record of @d may carry. */
static size_t most(const struct decoder *d)
{
	size_t n = 0;

	for (u32 lk = 0; lk < ID_END; lk++)
		if (n < d->diffs[lk].n * sizeof(struct diff))
			n = d->diffs[lk].n * sizeof(struct diff);
	return n < BLOCK_BYTES ? BLOCK_BYTES : n;
}

static void more_events(struct judge_events *s)
{
	s->batch.event = vec_grow(s->batch.event, &s->batch.max, sizeof(*s->batch.event));
}

struct decode_batch *judge_events_batch(struct judge_events *s)
{
	if (unlikely(!s->batch.arena))
		next_block(s, BLOCK_BYTES);
	return &s->batch;
}

void judge_events_room(struct judge_events *s, const struct decoder *d)
{
	if (s->batch.max - s->batch.n < DECODE_ROOM)
		more_events(s);
	else
		next_block(s, most(d));
}

void judge_events_episode(struct judge_events *s, struct decoder *d)
{
	struct decode_batch *b = &s->batch;
	u64 *number;

	if (b->max - b->n < DECODE_ROOM)
		more_events(s);
	if (b->used + sizeof(*number) > b->cap)
		next_block(s, BLOCK_BYTES);
	number = decode_arena(b, sizeof(*number));
	SIM_ASSERT(number != NULL);
	*number = d->episode;
	b->event[b->n++] = (struct event){
		.kind = MARK_EPISODE, .cpu = d->cpu, .arg = (u32)*number, .n = 1, .args = number
	};
}

void judge_events_cut(struct judge_events *s, struct events_mark m)
{
	s->batch.n = m.n;
	if (!s->block.n)
		return;
	hold(s);
	use_block(s, m.block, m.used);
}

void judge_events_free(struct judge_events *s)
{
	hold(s);
	for (u32 i = 0; i < s->block.n; i++)
		free(s->block.v[i].bytes);
	vec_free(&s->block);
	free(s->batch.event);
}
