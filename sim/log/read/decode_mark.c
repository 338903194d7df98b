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

/* @n varints, or as many as @len bytes hold (@n: ~0).  *at moves behind them.  NULL or what is wrong. */
static const char *parse_numbers(const u8 *bytes, u32 len, u32 n, u32 *at, struct mark_body *out)
{
	while (n == ~0u ? *at < len : out->n < n) {
		u32 took;

		if (out->n == MAX_MARK_ARGS)
			return "a mark with too many arguments";
		took = varint_get(bytes + *at, len - *at, &out->args[out->n]);
		if (took == 0)
			return "a mark whose argument does not end";
		*at += took;
		out->n++;
	}
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
	if (memchr(out->text, 0, out->text_len))
		return "a mark whose sentence holds a byte 0";
	if (!mark_count_ok(spec, out->n))
		return kind != MARK_EPISODE ? "a mark with too few arguments, or too many"
		       : out->n == 0        ? "an episode without its number"
		                            : "an episode with more than its number";
	while (out->n < spec->fixed)
		out->args[out->n++] = 0;
	return NULL;
}

const char *decode_access(struct decoder *d)
{
	struct mark_body m;
	const char *why = parse_body(MARK_ACCESS, d->more, d->n_more, &m);

	if (!why && m.n > ACCESS_MAX_ARGS)
		why = "a mark with too many arguments";
	if (why)
		return why;
	d->n_access = m.n;
	memcpy(d->access, m.args, m.n * sizeof(u64));
	return NULL;
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
	u32 number = rec >> 8 & 0xff, kind = EV_END + 1 + number, len = mark_length_of(rec), n = 2;
	const u8 *bytes = d->cur + 2;
	struct mark_body m;
	const char *why;

	if (len == MARK_IN_MORE) {
		bytes = d->more;
		len = d->n_more;
	} else if (d->n_more) {
		return decode_fail(d, "more bytes before a record that takes none");
	} else {
		n += len;
	}
	if (d->end - d->cur < n)
		return decode_fail(d, "a record that is longer than its chunk");
	if (number >= MARK_MAY_SKIP)
		return skip(d, b, rec, number, n);
	if (kind >= EV_NR)
		return decode_fail(d, "a mark that is unknown");
	if (kind == MARK_ACCESS)
		return decode_fail(d, "an access without its number");
	why = parse_body(kind, bytes, len, &m);
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
