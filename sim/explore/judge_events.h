/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The events of one execution with what they carry, as long as nothing is cut off them: they may be many, and what they carry does not
 * move.
 */
#include "sim/base/vec.h"
#include "sim/log/read/decode.h"

/* Room for differences and arguments. */
struct events_block {
	u8 *bytes;
	size_t cap;
};

/**
 * struct judge_events
 * @batch: all events; its arena is @block[@at], and those before it are full
 */
struct judge_events {
	struct decode_batch batch;
	VEC(struct events_block) block;
	u32 at;
};

/* A place between two events: @n of them come before it. */
struct events_mark {
	u32 n, block;
	size_t used;
};

/* For a decoder; it has room when judge_events_room() has said so. */
struct decode_batch *judge_events_batch(struct judge_events *s);
/* There was no room for the next record of @d, or for its step: now there is. */
void judge_events_room(struct judge_events *s, const struct decoder *d);
/* The mark of the episode at which @d stands. */
void judge_events_episode(struct judge_events *s, struct decoder *d);

static inline struct events_mark judge_events_mark(const struct judge_events *s)
{
	return (struct events_mark){ .n = s->batch.n, .block = s->at, .used = s->batch.used };
}

/* The events behind @m are no more. */
void judge_events_cut(struct judge_events *s, struct events_mark m);
void judge_events_free(struct judge_events *s);
