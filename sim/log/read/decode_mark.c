// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode_mark.h"

#include "sim/log/mark_arg.h"
#include "sim/log/read/decode_record.h"

#include <string.h>

/* A new machine: start words, nothing written. */
static void start_episode(struct decoder *d)
{
	memset(d->known_data, 0, sizeof(d->known_data));
	d->pulled = 0;
	for (u32 lk = 0; lk < ID_END; lk++) {
		d->known[lk] = word_make(d->config->start_ticket, d->config->start_now);
		d->diffs[lk].n = 0;
	}
}

/**
 * struct mark_body - what a mark carries
 * @n:    arguments, those that were left out at the end included
 * @text: [text_len] its sentence, in the record's bytes
 */
struct mark_body {
	u64 args[MAX_MARK_ARGS];
	u32 n;
	const u8 *text;
	u32 text_len;
};

/*
 * @n varints, or as many as @len bytes hold (@n: ~0); eight more can be read.  *at moves behind them.  NULL or what is wrong.
 */
static const char *parse_numbers(const u8 *bytes, u32 len, u32 n, u32 *at, struct mark_body *out)
{
	u32 from = *at, i = 0;

	while (n == ~0u ? from < len : i < n) {
		u32 took;

		if (i == MAX_MARK_ARGS)
			return "a mark with too many arguments";
		took = varint_get_padded(bytes + from, len - from, &out->args[i]);
		if (took == 0)
			return "a mark whose argument does not end";
		from += took;
		i++;
	}
	*at = from;
	out->n = i;
	return NULL;
}

/* Arguments and sentence of a mark of @kind from its @len bytes; NULL or what is wrong. */
static const char *parse_body(u32 kind, const u8 *bytes, u32 len, struct mark_body *out)
{
	const struct mark_spec *spec = mark_spec(kind);
	const char *why;
	u64 count = ~0u;
	u32 at = 0;

	out->n = 0;
	if (spec->text) {
		at = varint_get(bytes, len, &count);
		if (at == 0 || count > MAX_MARK_ARGS)
			return "a mark that does not say how many arguments it has";
	}
	why = parse_numbers(bytes, len, (u32)count, &at, out);
	if (why)
		return why;
	out->text = bytes + at;
	out->text_len = len - at;
	if (out->text_len > MAX_MARK_TEXT)
		return "a mark whose sentence is too long";
	if (out->text_len && memchr(out->text, 0, out->text_len))
		return "a mark whose sentence holds a byte 0";
	if (!mark_count_ok(spec, out->n))
		return kind != MARK_EPISODE ? "a mark with too few arguments, or too many"
		       : out->n == 0        ? "an episode without its number"
		                            : "an episode with more than its number";
	while (out->n < spec->fixed)
		out->args[out->n++] = 0;
	return NULL;
}

/* A varint of the MORE bytes at *@at, which moves behind it.  False: it does not end. */
static bool next_number(const struct decoder *d, u32 *at, u64 *v)
{
	u32 took = varint_get_padded(d->more + *at, d->n_more - *at, v);

	*at += took;
	return took != 0;
}

/* Every argument as it is, behind the first number, of @at bytes. */
static const char *parse_plain_access(struct decoder *d, u32 at)
{
	struct mark_body m;
	const char *why = parse_body(MARK_ACCESS, d->more + at, d->n_more - at, &m);

	if (why)
		return why;
	if (m.n > ACCESS_MAX_ARGS)
		return "a mark with too many arguments";
	d->n_access = m.n;
	memcpy(d->access, m.args, m.n * sizeof(u64));
	return NULL;
}

/* An object that an access read: lock, before and more to @args. */
static const char *parse_seen(const struct decoder *d, u32 *at, u64 *args)
{
	u64 lock, ahead = 0, more = 0;

	if (!next_number(d, at, &lock))
		return "a mark whose argument does not end";
	if (lock & 1 && (!next_number(d, at, &ahead) || !next_number(d, at, &more)))
		return "a mark whose argument does not end";
	if (lock >> 1 >= ID_END)
		return "a lock that is out of range";
	args[0] = lock >> 1;
	args[1] = word_now(d->known[lock >> 1]) + ahead;
	args[2] = more;
	return NULL;
}

const char *decode_access(struct decoder *d)
{
	u64 head, value = 0, *args = d->access;
	const char *why = NULL;
	u32 at = 0;

	if (!next_number(d, &at, &head))
		return "a mark whose argument does not end";
	if (head == ACCESS_PLAIN)
		return parse_plain_access(d, at);
	if ((head & ACCESS_PLAIN) == ACCESS_PLAIN || head > (ACCESS_VALUE | (ACCESS_VALUE - 1)))
		return "an access of an unknown form";
	args[0] = head & ACCESS_PLAIN;
	args[1] = head >> ACCESS_FROM_SHIFT & 3;
	args[2] = head >> ACCESS_LEVEL_SHIFT & 3;
	if (!next_number(d, &at, &args[3]) || (head & ACCESS_VALUE && !next_number(d, &at, &value)))
		return "a mark whose argument does not end";
	args[4] = value;
	d->n_access = ACCESS_FIXED;
	while (!why && at < d->n_more) {
		if (d->n_access + ACCESS_GROUP > ACCESS_MAX_ARGS)
			return "a mark with too many arguments";
		why = parse_seen(d, &at, args + d->n_access);
		d->n_access += ACCESS_GROUP;
	}
	return why;
}

/* The mark as an event.  False: what @b holds must be delivered first. */
static bool put_mark(const struct decoder *d, struct decode_batch *b, u32 kind,
                     const struct mark_body *m)
{
	size_t numbers = m->n * sizeof(u64), bytes = numbers;
	struct event *ev;
	u64 *copy = NULL;

	if (mark_spec(kind)->text)
		bytes += m->text_len + 1;
	if (bytes) {
		copy = decode_arena(b, bytes);
		if (!copy)
			return false;
		memcpy(copy, m->args, numbers);
		if (bytes > numbers) {
			memcpy((u8 *)copy + numbers, m->text, m->text_len);
			((u8 *)copy)[numbers + m->text_len] = 0;
		}
	}
	ev = decode_event(d, b, kind, 0);
	ev->arg = m->n ? (u32)m->args[0] : 0;
	ev->n = m->n;
	ev->args = copy;
	return true;
}

/*
 * The usual mark: it stands in its record, each number in one byte, without a sentence.  False: @rec is another one, or @b
 * has no room for it; nothing was done.
 */
static inline bool put_short(struct decoder *d, struct decode_batch *b, u64 rec, u32 kind, u32 len)
{
	const struct mark_spec *spec = &mark_specs[kind];
	u64 body = rec >> 16 & ~(~0ull << 8 * len);
	u32 n = len > spec->fixed ? len : spec->fixed;
	u64 *args = NULL;
	struct event *ev;

	if (spec->text || (body & 0x808080808080) || !mark_count_ok(spec, len) ||
	    b->cap - b->used < n * sizeof(u64))
		return false;
	if (n) {
		args = decode_arena(b, n * sizeof(u64));
		for (u32 i = 0; i < n; i++, body >>= 8)
			args[i] = body & 0xff;
	}
	decode_carried(d, b, rec);
	ev = decode_event(d, b, kind, 0);
	ev->arg = n ? (u32)args[0] : 0;
	ev->n = n;
	ev->args = args;
	decode_took(d, 2 + len);
	return true;
}

/* A mark that this version does not know and need not know. */
static enum decode_stop skip(struct decoder *d, struct decode_batch *b, u64 rec, u32 number, u32 n)
{
	decode_carried(d, b, rec);
	if (b)
		d->skipped[number - MARK_MAY_SKIP]++;
	d->n_more = 0;
	decode_took(d, n);
	return DECODE_STEP;
}

enum decode_stop decode_mark(struct decoder *d, struct decode_batch *b, u64 rec)
{
	u32 number = rec >> 8 & 0xff, kind = EV_END + 1 + number, len = mark_length_of(rec);
	u32 n = 2 + len;
	struct mark_body m;
	const char *why;

	if (len > MARK_INLINE_BYTES)
		return decode_fail(d, "a mark of an unknown length");
	if (d->end - d->cur < n)
		return decode_fail(d, "a record that is longer than its chunk");
	if (number >= MARK_MAY_SKIP)
		return skip(d, b, rec, number, n);
	if (kind >= EV_NR)
		return decode_fail(d, "a mark that is unknown");
	if (kind == MARK_ACCESS)
		return decode_fail(d, "an access without its number");
	if (likely(b && !d->n_more && kind != MARK_EPISODE && kind != MARK_CLOSE) &&
	    put_short(d, b, rec, kind, len))
		return DECODE_STEP;
	why = parse_body(kind, decode_with_more(d, rec >> 16), d->n_more + len, &m);
	if (why)
		return decode_fail(d, why);
	decode_carried(d, b, rec);
	if (kind == MARK_EPISODE) {
		d->episode = m.args[0];
		start_episode(d);
	} else if (b && !put_mark(d, b, kind, &m)) {
		return DECODE_FULL;
	}
	d->n_more = 0;
	decode_took(d, n);
	return kind == MARK_EPISODE ? DECODE_EPISODE
	       : kind == MARK_CLOSE ? DECODE_CLOSE
	                            : DECODE_STEP;
}
