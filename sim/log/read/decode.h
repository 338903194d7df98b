/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One CPU's records back into events.  Trusts nothing: whatever the bytes are, a decoder gives events whose locks,
 * kinds, fields and indices are in range, or says what is wrong and where.
 *
 * Events without a rank go straight to the batch; a record with a rank (a step) is shown first and put out when the
 * merge says so.
 */
#include "sim/log/read/decoder.h"

/* Events that one step or one record can give, with the barrier before it. */
enum { DECODE_ROOM = 4 };

/* Differences of one lock that may wait for its push. */
enum { DECODE_MAX_DIFFS = 1 << 20 };

/*
 * Put events without a rank into @b until something else comes.  @b == NULL: look only; such events are skipped.
 */
enum decode_stop decoder_run(struct decoder *d, struct decode_batch *b);

/* Is there room in @b's arena for what the step carries?  If not, what @b holds must be delivered first. */
static inline bool decoder_fits(const struct decoder *d, const struct decode_batch *b)
{
	size_t n = d->step.op == OP_FLAT     ? d->diffs[FLATMEM_ID].n * sizeof(struct diff)
	           : d->step.op == OP_ACCESS ? d->n_access * sizeof(u64)
	                                     : 0;

	return n == 0 || b->n == 0 || b->used + n <= b->cap;
}

/* OP_FLAT's and OP_ACCESS's parts of decoder_emit(). */
void decoder_emit_flat(struct decoder *d, struct decode_batch *b);
void decoder_emit_access(struct decoder *d, struct decode_batch *b);

static inline void decoder_put(const struct decoder *d, struct decode_batch *b, u32 kind, u64 word,
                               u32 flags)
{
	const struct decode_step *s = &d->step;

	b->event[b->n++] =
		(struct event){ .kind = (u8)kind,
		                .cpu = d->cpu,
		                .flags = (u8)(s->flags | flags),
		                .lk = s->lk,
		                .arg = kind == EV_INC_TICKET || kind == EV_WAIT_LOCK ? s->bound : 0,
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
	case OP_ACCESS:
		decoder_emit_access(d, b);
		break;
	case OP_WAIT_LOCK:
		decoder_put(d, b, EV_WAIT_LOCK, 0, 0);
		break;
	case OP_REL_LOCK:
		decoder_put(d, b, EV_REL_LOCK, 0, 0);
		break;
	default: /* OP_SERVED */
		decoder_put(d, b, EV_GET_NOW, word, EVF_WORD);
		decoder_put(d, b, EV_HOLD_LOCK, 0, 0);
		break;
	}
}
