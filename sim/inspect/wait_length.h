/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How long a section waited, by each measure. */
#include "sim/inspect/sections.h"

/*
 * What is long: nanoseconds, of a log with timestamps; hand-overs that came before its own; looks at the lock word that the log has;
 * events of all CPUs between asking and having.  Equal ones: the one with more events between.
 */
enum waits_by { WAITS_BY_TIME, WAITS_BY_HAND_OVERS, WAITS_BY_ROUNDS, WAITS_BY_EVENTS, WAITS_BY_NR };

/**
 * struct wait_length
 * @value: by a measure; @between: events of all CPUs between asking and having
 */
struct wait_length {
	u64 value, between;
};

/* Of a section that has its lock. */
static inline struct wait_length wait_length(enum waits_by by, const struct lock_section *s)
{
	u64 between = s->got.index - s->asked.index - 1;

	switch (by) {
	case WAITS_BY_TIME:
		return (struct wait_length){ section_wait(s, true), between };
	case WAITS_BY_HAND_OVERS:
		return (struct wait_length){ s->depth, between };
	case WAITS_BY_ROUNDS:
		return (struct wait_length){ s->rounds, between };
	case WAITS_BY_EVENTS:
	case WAITS_BY_NR:
		break;
	}
	return (struct wait_length){ between, between };
}

static inline bool wait_longer(struct wait_length a, struct wait_length b)
{
	return a.value != b.value ? a.value > b.value : a.between > b.between;
}
