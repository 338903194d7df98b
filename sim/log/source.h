/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A source of events in a legal global order: a merged binary log, a run's log in memory, or a text log.  Checks,
 * folds and inspectors read batches and never ask where they come from.
 */
#include "sim/base/err.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

enum { SOURCE_BATCH = 256 };

/**
 * struct source_times - of the events given out so far that have one
 * @last:   [cpu] of the CPU's last event
 * @n_back: events whose time is before that of their CPU's last one, which is told and no error; of the first of them
 *          @cpu, the @index in the merged log, and both times
 */
struct source_times {
	u64 last[MAX_CPU];
	u64 n_events, n_back;
	u64 index, from_ns, to_ns;
	u32 cpu;
};

/**
 * struct log_source - events, oldest first
 * @config: what the log begins with; never NULL (a text log without a header has the defaults)
 * @times:  kept by who gives events out
 * @next:   fill @out with up to @max events and set *n; *n == 0 is the end.  Diffs and arguments of the events stay
 *          valid until the next call.  Returns 0, or < 0 with *e filled (damaged or malformed input); what came before
 *          stays good.
 * @lock_name: the number that the log gives to lock index lk (a machine's log: lk itself; a text log: any number)
 * @close:  release it
 */
struct log_source {
	const struct log_config *config;
	struct source_times times;
	int (*next)(struct log_source *s, struct event *out, u32 max, u32 *n, struct err *e);
	u64 (*lock_name)(const struct log_source *s, lk_t lk);
	void (*close)(struct log_source *s);
};

/* @n events were given out. */
static inline void source_take_times(struct log_source *s, const struct event *e, u32 n)
{
	struct source_times *t = &s->times;

	for (u32 i = 0; i < n; i++, e++) {
		if (likely(!(e->flags & EVF_TIME)))
			continue;
		if (e->time_ns < t->last[e->cpu] && t->n_back++ == 0) {
			t->cpu = e->cpu;
			t->index = t->n_events + i;
			t->from_ns = t->last[e->cpu];
			t->to_ns = e->time_ns;
		}
		t->last[e->cpu] = e->time_ns;
	}
	t->n_events += n;
}
