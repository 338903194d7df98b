// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode_mark.h"

#include "sim/base/vec.h"
#include "sim/log/read/decode_record.h"

#include <string.h>

/* A new machine: start words, nothing written. */
static void start_episode(struct decoder *d)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		d->known[lk] = word_make(d->config->start_ticket, d->config->start_now);
		d->diffs[lk].n = 0;
	}
}

/* Arguments of a mark, from the MORE bytes; NULL or what is wrong. */
static const char *parse_args(const struct decoder *d, u64 *args, u32 *n)
{
	*n = 0;
	for (u32 at = 0; at < d->n_more;) {
		u32 len;

		if (*n == MAX_MARK_ARGS)
			return "a mark with too many arguments";
		len = varint_get(d->more + at, d->n_more - at, &args[*n]);
		if (len == 0)
			return "a mark whose argument does not end";
		at += len;
		++*n;
	}
	return NULL;
}

enum decode_stop decode_mark(struct decoder *d, struct decode_batch *b, u64 rec)
{
	u32 kind = EV_END + 1 + (u32)(rec >> 8 & 0xff), n;
	u64 args[MAX_MARK_ARGS], *copy = NULL;
	const char *why;
	struct event *ev;

	if (rec & (REC_SAME | 3u << REC_FORM_SHIFT))
		return decode_fail(d, "a mark of an unknown form");
	if (d->end - d->cur < 2)
		return decode_fail(d, "a record that is longer than its chunk");
	if (kind >= EV_NR)
		return decode_fail(d, "a mark that is unknown");
	why = parse_args(d, args, &n);
	if (!why && kind == MARK_EPISODE && n != 1)
		why = "an episode without its number";
	if (why)
		return decode_fail(d, why);
	decode_carried(d, b, rec);
	if (kind == MARK_EPISODE) {
		d->episode = args[0];
		start_episode(d);
	} else if (b) {
		if (n) {
			copy = decode_arena(b, n * sizeof(*copy));
			if (!copy)
				return DECODE_FULL;
			memcpy(copy, args, n * sizeof(*copy));
		}
		ev = decode_event(d, b, kind, 0);
		ev->arg = n ? (u32)args[0] : 0;
		ev->n = n;
		ev->args = copy;
	}
	d->n_more = 0;
	decode_took(d, 2);
	return kind == MARK_EPISODE ? DECODE_EPISODE
	       : kind == MARK_CLOSE ? DECODE_CLOSE
	                            : DECODE_STEP;
}
