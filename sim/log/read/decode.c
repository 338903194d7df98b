// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/read/decode_diff.h"
#include "sim/log/read/decode_mark.h"
#include "sim/log/read/decode_record.h"

#include <string.h>

static inline u64 load(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The step has the time that the stream gave it. */
static inline void decode_step_time(struct decoder *d)
{
	if (unlikely(d->has_time)) {
		d->step.flags = EVF_TIME;
		d->step.time_ns = d->time_ns;
	}
}

/* WORD: fill @d->step from the record @rec whose word begins at byte @at. */
static inline enum decode_stop decode_word(struct decoder *d, u64 rec, u32 at)
{
	u32 op = rec & OP_MASK, form = rec >> REC_FORM_SHIFT & 3, dt, dn, ticket, now, n;
	u64 body = rec >> (8 * at);

	switch (form) {
	case 0:
		dt = dn = 0;
		n = at;
		break;
	case 1:
		dt = body >> 4 & 15;
		dn = body & 15;
		n = at + 1;
		break;
	case 2:
		dt = body & 0xffff;
		dn = body >> 16 & 0xffff;
		n = at + 4;
		break;
	default:
		dt = body & 0xffffff;
		dn = body >> 24 & 0xffffff;
		n = at + 6;
		break;
	}
	if (unlikely(n > (u64)(d->end - d->cur)))
		return decode_fail(d, "a record that is longer than its chunk");
	ticket = word_ticket(d->known[d->lk]) + dt;
	now = word_now(d->known[d->lk]) + dn;
	d->known[d->lk] = word_make(ticket + (op == OP_INC_TICKET || op == OP_ACQUIRE),
	                            now + (op == OP_INC_NOW));
	d->step = (struct decode_step){
		.op = (u8)op, .lk = (u8)d->lk, .bound = d->bound, .word = word_make(ticket, now)
	};
	decode_step_time(d);
	decode_took(d, n);
	return DECODE_STEP;
}

/* A HOLD_LOCK of the record @rec, which may be a WAIT_LOCK or a REL_LOCK, whose number begins at byte @at. */
static enum decode_stop decode_hold(struct decoder *d, struct decode_batch *b, u64 rec, u32 at)
{
	u32 room = (u32)min_u64(8, (u64)(d->end - d->cur)), form = rec >> REC_FORM_SHIFT & 3, n;
	u32 number;
	u64 ahead;

	if (form == HOLD_TICKET) {
		if (b)
			decode_event(d, b, EV_HOLD_LOCK, d->lk);
		decode_took(d, at);
		return DECODE_STEP;
	}
	if (form > HOLD_REL)
		return decode_fail(d, "a HOLD_LOCK of an unknown form");
	if (d->lk == FLATMEM_ID)
		return decode_fail(d, "a lock's step at flat memory, which has none");
	n = varint_get(d->cur + at, room - at, &ahead);
	if (n == 0)
		return decode_fail(d, "a number of a lock's step that does not end");
	if (ahead >> 32)
		return decode_fail(d, "a number of a lock's step that is out of range");
	number = word_rank(d->known[d->lk]) + (u32)ahead;
	d->known[d->lk] = word_of_number(number + 1);
	d->step = (struct decode_step){ .op = form == HOLD_WAIT ? OP_WAIT_LOCK : OP_REL_LOCK,
		                        .lk = (u8)d->lk,
		                        .bound = d->bound,
		                        .word = word_of_number(number) };
	decode_step_time(d);
	decode_took(d, at + n);
	return DECODE_STEP;
}

static enum decode_stop decode_diff(struct decoder *d, bool keep, u64 rec, u32 at)
{
	u32 form = rec >> REC_FORM_SHIFT & 3, room = (u32)min_u64(8, (u64)(d->end - d->cur)), len,
	    n;
	bool more = form & DIFF_IN_MORE;
	const u8 *body = d->cur + at;
	const char *why;
	struct diff diff;

	if (!more && d->n_more)
		return decode_fail(d, "more bytes before a record that takes none");
	if (more)
		body = decode_with_more(d, rec >> (8 * at));
	len = d->n_more + room - at;
	why = form & DIFF_ORACLE ? decode_diff_oracle(body, len, d->lk, d->known_data, &diff, &n)
	                         : decode_diff_body(body, len, d->lk, &diff, &n);
	if (!why && n < d->n_more)
		why = "a difference with bytes behind it";
	if (why)
		return decode_fail(d, why);
	n = at + n - d->n_more;
	if (d->diffs[d->lk].n >= DECODE_MAX_DIFFS)
		return decode_fail(d, "too many differences without a push");
	if (keep) {
		vec_push(&d->diffs[d->lk], diff);
		d->differ |= 1ull << d->lk;
	}
	d->n_more = 0;
	decode_took(d, n);
	return DECODE_STEP;
}

/* OPULL and PUSH: the digest, of the length *len. NULL or what is wrong; *n: where the record ends. */
static const char *parse_digest(struct decoder *d, u64 rec, u32 at, u64 *digest, u8 *len, u32 *n)
{
	u32 form = rec >> REC_FORM_SHIFT & 3;

	*n = at + (form == 1);
	if (form == 3)
		return "a pull or push of an unknown form";
	if (*n > (u64)(d->end - d->cur))
		return "a record that is longer than its chunk";
	if (d->n_more != (form == 2 ? 8u : 0u))
		return form == 2 ? "a whole digest that has not eight bytes"
		                 : "more bytes before a record that takes none";
	*len = form == 0 ? 0 : form == 1 ? 1 : 8;
	*digest = form == 0 ? 0 : form == 1 ? rec >> (8 * at) & 0xff : load(d->more);
	return NULL;
}

static enum decode_stop decode_shared(struct decoder *d, struct decode_batch *b, u64 rec, u32 at)
{
	bool pull = (rec & OP_MASK) == OP_OPULL;
	u32 n, n_diffs = pull ? 0 : d->diffs[d->lk].n;
	struct diff *diffs = NULL;
	struct event *ev;
	u64 digest;
	u8 len;
	const char *why = parse_digest(d, rec, at, &digest, &len, &n);

	if (!why && !pull && d->lk == FLATMEM_ID &&
	    (d->kind == ~0u || EV_OCORE_DATA + d->kind == EV_OFLATMEM))
		why = "a push of flat memory that has no number";
	if (why)
		return decode_fail(d, why);
	if (b) {
		if (n_diffs) {
			diffs = decode_arena(b, n_diffs * sizeof(*diffs));
			if (!diffs)
				return DECODE_FULL;
			memcpy(diffs, d->diffs[d->lk].v, n_diffs * sizeof(*diffs));
		}
		ev = decode_event(d, b, EV_OPULL, d->lk);
		if (pull)
			ev->arg = d->id == ~0u ? d->lk : d->id;
		else
			ev->kind = (u8)(d->kind == ~0u ? event_push_of(d->lk)
			                               : EV_OCORE_DATA + d->kind);
		ev->digest = digest;
		ev->digest_len = len;
		ev->n = n_diffs;
		ev->diffs = diffs;
	}
	if (pull) {
		d->id = ~0u;
		d->pulled |= 1ull << d->lk;
	} else {
		d->kind = ~0u;
		d->diffs[d->lk].n = 0;
		d->differ &= ~(1ull << d->lk);
		d->pulled &= ~(1ull << d->lk);
	}
	d->n_more = 0;
	decode_took(d, n);
	return DECODE_STEP;
}

/* OFLATMEM with its number: shown as a step, and put out with what it carries when it is next. */
static enum decode_stop decode_flat(struct decoder *d, struct decode_batch *b, u64 rec)
{
	u32 room = (u32)min_u64(8, (u64)(d->end - d->cur)), at = 1, number, n;
	bool access = (rec >> REC_FORM_SHIFT & 3) == FLAT_ACCESS;
	u64 ahead = 0;
	const char *why;

	if (!(rec & FLAT_KNOWN)) {
		n = varint_get(d->cur + 1, room - 1, &ahead);
		if (n == 0)
			return decode_fail(d, "a number of flat memory that does not end");
		if (ahead >> 32)
			return decode_fail(d, "a number of flat memory that is out of range");
		at += n;
	}
	n = at;
	why = access ? decode_access(d) : parse_digest(d, rec, at, &d->digest, &d->digest_len, &n);
	if (why)
		return decode_fail(d, why);
	decode_carried(d, b, rec);
	number = word_ticket(d->known[FLATMEM_ID]) + (u32)ahead;
	d->known[FLATMEM_ID] = word_make(number + 1, number + 1);
	d->step = (struct decode_step){ .op = access ? OP_ACCESS : OP_FLAT,
		                        .lk = FLATMEM_ID,
		                        .word = word_make(number, d->config->start_now) };
	decode_step_time(d);
	d->n_more = 0;
	decode_took(d, n);
	return DECODE_STEP;
}

void decoder_emit_flat(struct decoder *d, struct decode_batch *b)
{
	u32 number = word_ticket(d->step.word), n = d->diffs[FLATMEM_ID].n;
	struct diff *diffs = NULL;

	if (n) {
		diffs = decode_arena(b, n * sizeof(*diffs));
		SIM_ASSERT(diffs != NULL);
		memcpy(diffs, d->diffs[FLATMEM_ID].v, n * sizeof(*diffs));
	}
	decoder_put(d, b, EV_OFLATMEM, word_make(number, number), EVF_WORD);
	b->event[b->n - 1].digest = d->digest;
	b->event[b->n - 1].digest_len = d->digest_len;
	b->event[b->n - 1].n = n;
	b->event[b->n - 1].diffs = diffs;
	d->diffs[FLATMEM_ID].n = 0;
	d->differ &= ~(1ull << FLATMEM_ID);
}

void decoder_emit_access(struct decoder *d, struct decode_batch *b)
{
	u32 number = word_ticket(d->step.word);
	u64 *args = decode_arena(b, d->n_access * sizeof(*args));

	SIM_ASSERT(args != NULL);
	memcpy(args, d->access, d->n_access * sizeof(*args));
	decoder_put(d, b, MARK_ACCESS, word_make(number, number), EVF_WORD);
	b->event[b->n - 1].arg = (u32)args[0];
	b->event[b->n - 1].n = d->n_access;
	b->event[b->n - 1].args = args;
}

/* Records that begin with a lock.  DECODE_STEP is "go on" for all but WORD records. */
static inline enum decode_stop decode_locked(struct decoder *d, struct decode_batch *b, u64 rec)
{
	u32 op = rec & OP_MASK, at = rec & REC_SAME ? 1 : 2;
	u32 lk = rec & REC_SAME ? d->lk : rec >> 8 & 0xff;

	if (unlikely(at > (u64)(d->end - d->cur)))
		return decode_fail(d, "a record that is longer than its chunk");
	if (unlikely(lk >= ID_END))
		return decode_fail(d, rec & REC_SAME ? "a first record that names no lock"
		                                     : "a lock that is out of range");
	decode_carried(d, b, rec);
	d->lk = lk;
	switch (op) {
	case OP_OPULL:
	case OP_PUSH:
		return decode_shared(d, b, rec, at);
	case OP_DIFF:
		return decode_diff(d, b != NULL, rec, at);
	default:
		break;
	}
	if (unlikely(d->n_more))
		return decode_fail(d, "more bytes before a record that takes none");
	if (op != OP_HOLD_LOCK)
		return decode_word(d, rec, at);
	return decode_hold(d, b, rec, at);
}

static enum decode_stop decode_set(struct decoder *d, u64 rec)
{
	static const u8 length[SET_NR] = {
		[SET_BOUND] = 5, [SET_TICKET] = 6, [SET_NOW] = 6, [SET_ID] = 5, [SET_KIND] = 2
	};
	u32 what = rec >> 4 & 15, value = (u32)(rec >> 8), lk = rec >> 8 & 0xff;

	if (what >= SET_NR)
		return decode_fail(d, "a setting that is unknown");
	if (length[what] > d->end - d->cur)
		return decode_fail(d, "a record that is longer than its chunk");
	if (d->n_more)
		return decode_fail(d, "more bytes before a record that takes none");
	switch ((enum log_set)what) {
	case SET_BOUND:
		d->bound = value;
		break;
	case SET_TICKET:
	case SET_NOW:
		if (lk >= ID_END)
			return decode_fail(d, "a lock that is out of range");
		if (what == SET_TICKET)
			d->known[lk] = word_make((u32)(rec >> 16), word_now(d->known[lk]));
		else
			d->known[lk] = word_make(word_ticket(d->known[lk]), (u32)(rec >> 16));
		break;
	case SET_ID:
		if (value >= ID_END)
			return decode_fail(d, "an object that is out of range");
		d->id = value;
		break;
	case SET_KIND:
		if (lk > EV_OFLATMEM - EV_OCORE_DATA)
			return decode_fail(d, "a kind of push that is unknown");
		d->kind = lk;
		break;
	case SET_NR:
		break;
	}
	d->cur += length[what];
	return DECODE_STEP;
}

/* MORE and TIME: n bytes for a later record. */
static enum decode_stop decode_bytes(struct decoder *d, u64 rec)
{
	u32 n = rec >> 4 & 15;
	/* Times may go back: TIME says so in the highest bit of its length. */
	bool back = (rec & OP_MASK) == OP_TIME && n > 8;
	u64 value;

	n -= back ? 8 : 0;
	if (n < 1 || n > 7)
		return decode_fail(d, "a record that carries no bytes or too many");
	if (n + 1 > (u64)(d->end - d->cur))
		return decode_fail(d, "a record that is longer than its chunk");
	value = rec >> 8 & (~0ull >> (64 - 8 * n));
	if ((rec & OP_MASK) == OP_TIME) {
		d->time_ns += back ? 0 - value : value;
		d->has_time = true;
	} else {
		if (d->n_more + n > LOG_MAX_MORE)
			return decode_fail(d, "too many bytes for one record");
		memcpy(d->more + d->n_more, &value, sizeof(value));
		d->n_more += n;
	}
	d->cur += n + 1;
	return DECODE_STEP;
}

/* Every record that is not one of a lock. */
static enum decode_stop decode_other(struct decoder *d, struct decode_batch *b, u64 rec)
{
	switch (rec & OP_MASK) {
	case OP_END:
		if (d->open && !(rec & 0xff)) {
			d->limit = d->cur;
			return DECODE_END;
		}
		return decode_fail(d, "a record of no kind");
	case OP_MORE:
	case OP_TIME:
		return decode_bytes(d, rec);
	case OP_SET:
		return decode_set(d, rec);
	case OP_MARK:
		return decode_mark(d, b, rec);
	case OP_BARRIER:
		if (rec & 0xf0)
			return decode_fail(d, "a barrier of an unknown form");
		if (d->n_more)
			return decode_fail(d, "more bytes before a record that takes none");
		decode_barrier(d, b);
		decode_took(d, 1);
		return DECODE_STEP;
	default:
		SIM_UNREACHABLE();
	}
}

enum decode_stop decoder_run(struct decoder *d, struct decode_batch *b)
{
	for (;;) {
		enum decode_stop stop;
		u64 rec;

		if (d->cur >= d->limit)
			return DECODE_END;
		if (b && b->max - b->n < DECODE_ROOM)
			return DECODE_FULL;
		rec = load(d->cur);
		if ((rec & OP_MASK) - 1 < OP_DIFF) {
			u32 op = rec & OP_MASK;

			stop = decode_locked(d, b, rec);
			if (stop != DECODE_STEP)
				return stop;
			if (op < OP_OPULL && (op != OP_HOLD_LOCK || rec >> REC_FORM_SHIFT & 3))
				return DECODE_STEP;
		} else if ((rec & OP_MASK) == OP_FLAT) {
			return decode_flat(d, b, rec);
		} else {
			stop = decode_other(d, b, rec);
			if (stop != DECODE_STEP)
				return stop;
		}
	}
}
