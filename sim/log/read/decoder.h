/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The state of one CPU's stream while its records become events, and where the events go. */
#include "shmem/obj/obj.h"
#include "sim/base/ticket_word.h"
#include "sim/log/config.h"
#include "sim/log/event.h"
#include "sim/log/format.h"

/**
 * struct decode_batch - where events go
 * @event: [max], @n used
 * @arena: differences and arguments of these events, 8-byte aligned; @used of @cap bytes
 */
struct decode_batch {
	struct event *event;
	u32 n, max;
	u8 *arena;
	size_t used, cap;
};

/**
 * struct decode_step - a record that has a rank
 * @op:     OP_INC_TICKET, OP_GET_NOW, OP_INC_NOW, OP_ACQUIRE, OP_SERVED, OP_FLAT, OP_ACCESS, OP_WAIT_LOCK or OP_REL_LOCK
 * @word:   what its atomic returned, ticket in the high half (one store and one load: halves would stall the pipeline);
 *          OP_FLAT, OP_ACCESS: the number of the event in the high half, the start value in the low one, so that ranks
 *          count it too; OP_WAIT_LOCK, OP_REL_LOCK: word_of_number()
 */
struct decode_step {
	u8 op, lk, flags;
	u32 bound;
	u64 word;
	u64 time_ns;
};

/* A step of a lock that has no tickets: its number alone counts. */
static inline bool step_is_high(const struct decode_step *s)
{
	return s->op == OP_WAIT_LOCK || s->op == OP_REL_LOCK;
}

/* Does the step change the lock word, or is it a step that counts on as well: at flat memory, or at a lock without tickets? */
static inline bool step_is_rmw(const struct decode_step *s)
{
	return s->op == OP_INC_TICKET || s->op == OP_INC_NOW || s->op == OP_ACQUIRE ||
	       s->op >= OP_FLAT;
}

/**
 * struct decoder - the state of one stream between its records
 * @cur, @end: the bytes still to be read; LOG_PAD_BYTES more may be touched
 * @limit: records that begin there or behind are not read, though one before may reach over it
 * @open: a chunk that was not closed: its records end at the first 0 byte
 * @lk:   lock of the previous record, ~0 at first
 * @id, @kind: of the next OPULL and push; ~0: as the lock says
 * @barrier_out: the barrier of the record at @cur has been put out already
 * @pulled: locks at which the stream's last OPULL has no push behind it
 * @differ: locks (bits) that may have differences which wait for their push
 * @known_data: numbers of the data oracle as format.h says, by VM
 * @known: lock words as format.h says, ticket in the high half
 * @step: the step that DECODE_STEP showed
 * @digest, @digest_len: of the step, OP_FLAT
 * @access: [n_access] arguments of the step, OP_ACCESS
 * @skipped: marks that are not known and need not be: how many of each number, from MARK_MAY_SKIP on
 * @why:  what is wrong with the record at @cur, after DECODE_ERROR
 */
struct decoder {
	const u8 *cur, *end, *limit;
	bool open, barrier_out, has_time;
	u8 cpu;
	u32 lk, bound, id, kind;
	u32 n_more;
	u64 time_ns;
	u64 episode;
	struct decode_step step;
	u64 digest;
	u8 digest_len;
	u32 n_access;
	u64 access[ACCESS_MAX_ARGS];
	const char *why;
	const struct log_config *config;
	u64 pulled, differ;
	u64 known[ID_END], known_data[N_VMID];
	struct {
		struct diff *v;
		u32 n, cap;
	} diffs[ID_END];
	u64 skipped[MARK_SKIPPABLE];
	u8 more[LOG_MAX_MORE + 8];
};

enum decode_stop {
	DECODE_STEP,    /* @step is next */
	DECODE_EPISODE, /* the stream stands at the mark of @episode */
	DECODE_CLOSE,   /* the mark CLOSE has been put out */
	DECODE_END,     /* the bytes are used up */
	DECODE_FULL,    /* the batch has no room for the next record */
	DECODE_ERROR,   /* the record at @cur is not one: @why */
};

/* @config stays the caller's. */
void decoder_init(struct decoder *d, u32 cpu, const struct log_config *config);
void decoder_destroy(struct decoder *d);
/* A copy that looks ahead; it owns nothing that the original owns, and lacks the differences that wait for their push.
 * decoder_destroy() it. */
void decoder_copy(struct decoder *out, const struct decoder *d);
/* A copy that has these differences, too. */
void decoder_copy_whole(struct decoder *out, const struct decoder *d);

/* Go on with the bytes @cur..@end. */
static inline void decoder_feed(struct decoder *d, const u8 *cur, const u8 *end, bool open)
{
	d->cur = cur;
	d->end = d->limit = end;
	d->open = open;
}

/* decode_arena() of more bytes than the arena has left. */
void *decode_arena_full(struct decode_batch *b, size_t n);

/* @n bytes of @b's arena, or NULL when what @b holds must be delivered first. */
static inline void *decode_arena(struct decode_batch *b, size_t n)
{
	size_t took = (n + 7) & ~(size_t)7;
	void *p = b->arena + b->used;

	if (unlikely(b->used + took > b->cap))
		return decode_arena_full(b, n);
	b->used += took;
	return p;
}
