/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What records do alike: errors, barriers, what they leave behind.  Used by the decoder only. */
#include "sim/log/read/decoder.h"

#include <string.h>

static inline enum decode_stop decode_fail(struct decoder *d, const char *why)
{
	d->why = why;
	return DECODE_ERROR;
}

/* A fresh event of this CPU, with the time that the stream gave it. */
static inline struct event *decode_event(const struct decoder *d, struct decode_batch *b, u32 kind,
                                         u32 lk)
{
	struct event *ev = &b->event[b->n++];

	*ev = (struct event){ .kind = (u8)kind, .cpu = d->cpu, .lk = lk };
	if (unlikely(d->has_time)) {
		ev->flags = EVF_TIME;
		ev->time_ns = d->time_ns;
	}
	return ev;
}

static inline void decode_barrier(struct decoder *d, struct decode_batch *b)
{
	if (!b)
		return;
	b->event[b->n++] = (struct event){ .kind = MARK_BARRIER, .cpu = d->cpu };
}

/* The barrier that a record carries, once. */
static inline void decode_carried(struct decoder *d, struct decode_batch *b, u64 rec)
{
	if (!(rec & REC_BARRIER) || d->barrier_out)
		return;
	decode_barrier(d, b);
	d->barrier_out = true;
}

/* The MORE bytes, and behind them @rest, bytes of the record itself. */
static inline const u8 *decode_with_more(struct decoder *d, u64 rest)
{
	memcpy(d->more + d->n_more, &rest, sizeof(rest));
	return d->more;
}

/* A record of @n bytes has been taken. */
static inline void decode_took(struct decoder *d, u32 n)
{
	d->cur += n;
	d->barrier_out = false;
	d->has_time = false;
}
