/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One CPU's records back into events.  Trusts nothing: whatever the bytes are, a decoder gives events whose locks,
 * kinds, fields and indices are in range, or says what is wrong and where.
 *
 * Events without a rank go straight to the batch; a record with a rank (a step) is shown first and put out when the
 * merge says so.
 */
#include "shmem/obj/obj.h"
#include "sim/base/ticket_word.h"
#include "sim/log/config.h"
#include "sim/log/event.h"
#include "sim/log/format.h"

/* Bytes behind the end of what a decoder is given that may be read (and are not looked at). */
enum { DECODE_PAD = 8 };

/* Events that one step or one record can give, with the barrier before it. */
enum { DECODE_ROOM = 4 };

/* Differences of one lock that may wait for its push. */
enum { DECODE_MAX_DIFFS = 1 << 20 };

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
 * @op:     OP_INC_TICKET, OP_GET_NOW, OP_INC_NOW, OP_ACQUIRE, OP_SERVED or OP_FLAT
 * @word:   what its atomic returned, ticket in the high half (one store and one load: halves would stall the pipeline);
 *          OP_FLAT: the number of the event in the high half, the start value in the low one, so that ranks count it too
 */
struct decode_step {
	u8 op, lk, flags;
	u32 bound;
	u64 word;
	u64 time_ns;
};

/**
 * struct decoder - the state of one stream between its records
 * @cur, @end: the bytes still to be read; DECODE_PAD more may be touched
 * @open: a chunk that was not closed: its records end at the first 0 byte
 * @lk:   lock of the previous record, ~0 at first
 * @id, @kind: of the next OPULL and push; ~0: as the lock says
 * @barrier_out: the barrier of the record at @cur has been put out already
 * @known: lock words as format.h says, ticket in the high half
 * @step: the step that DECODE_STEP showed
 * @digest, @digest_len: of the step, OP_FLAT
 * @why:  what is wrong with the record at @cur, after DECODE_ERROR
 */
struct decoder {
	const u8 *cur, *end;
	bool open, barrier_out, has_time;
	u8 cpu;
	u32 lk, bound, id, kind;
	u32 n_more;
	u64 time_ns;
	u64 episode;
	struct decode_step step;
	u64 digest;
	u8 digest_len;
	const char *why;
	const struct log_config *config;
	u64 known[ID_END];
	struct {
		struct diff *v;
		u32 n, cap;
	} diffs[ID_END];
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
/* A copy that looks ahead; it owns nothing that the original owns.  decoder_destroy() it. */
void decoder_copy(struct decoder *out, const struct decoder *d);

/* Go on with the bytes @cur..@end. */
static inline void decoder_feed(struct decoder *d, const u8 *cur, const u8 *end, bool open)
{
	d->cur = cur;
	d->end = end;
	d->open = open;
}

/*
 * Put events without a rank into @b until something else comes.  @b == NULL: look only; such events are skipped.
 */
enum decode_stop decoder_run(struct decoder *d, struct decode_batch *b);

/* @n bytes of @b's arena, or NULL when what @b holds must be delivered first. */
void *decode_arena(struct decode_batch *b, size_t n);

/* Does the step change the lock word, or is it an event of flat memory, which counts on as well? */
static inline bool step_is_rmw(const struct decode_step *s)
{
	return s->op == OP_INC_TICKET || s->op == OP_INC_NOW || s->op == OP_ACQUIRE ||
	       s->op == OP_FLAT;
}

/* Is there room in @b's arena for what the step carries?  If not, what @b holds must be delivered first. */
static inline bool decoder_fits(const struct decoder *d, const struct decode_batch *b)
{
	return d->step.op != OP_FLAT || b->n == 0 ||
	       b->used + d->diffs[FLATMEM_ID].n * sizeof(struct diff) <= b->cap;
}

/* OP_FLAT's part of decoder_emit(). */
void decoder_emit_flat(struct decoder *d, struct decode_batch *b);

static inline void decoder_put(const struct decoder *d, struct decode_batch *b, u32 kind, u64 word,
                               u32 flags)
{
	const struct decode_step *s = &d->step;

	b->event[b->n++] = (struct event){ .kind = (u8)kind,
		                           .cpu = d->cpu,
		                           .flags = (u8)(s->flags | flags),
		                           .lk = s->lk,
		                           .arg = kind == EV_INC_TICKET ? s->bound : 0,
		                           .ticket = word_ticket(word),
		                           .now = word_now(word),
		                           .time_ns = s->time_ns };
}

/* Put out @d->step: one to three events.  @b has room for DECODE_ROOM, and decoder_fits(). */
static inline void decoder_emit(struct decoder *d, struct decode_batch *b)
{
	u64 word = d->step.word;

	switch (d->step.op) {
	case OP_INC_TICKET:
		decoder_put(d, b, EV_INC_TICKET, word, EVF_WORD);
		break;
	case OP_GET_NOW:
		decoder_put(d, b, EV_GET_NOW, word, EVF_WORD);
		break;
	case OP_INC_NOW:
		decoder_put(d, b, EV_INC_NOW, word, EVF_WORD);
		break;
	case OP_ACQUIRE:
		decoder_put(d, b, EV_INC_TICKET, word, EVF_WORD);
		decoder_put(d, b, EV_GET_NOW, word + (1ull << 32), EVF_WORD);
		decoder_put(d, b, EV_HOLD_LOCK, 0, 0);
		break;
	case OP_FLAT:
		decoder_emit_flat(d, b);
		break;
	default: /* OP_SERVED */
		decoder_put(d, b, EV_GET_NOW, word, EVF_WORD);
		decoder_put(d, b, EV_HOLD_LOCK, 0, 0);
		break;
	}
}
