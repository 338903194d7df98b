/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One measurement of one lock. */
#include "bench/subject.h"

/* Columns of the lock table. */
enum lock_col {
	LC_RATE,
	LC_RATIO,
	LC_NS,
	LC_JAIN,
	LC_HANDS,
	LC_MAXMIN,
	LC_DEPTH,
	LC_P50,
	LC_P99,
	LC_P999,
	LC_MAX,
	LC_CPU,
	LC_SWITCH,
	LC_PASS50,
	LC_PASS99,
	LC_OVERTAKEN,
	LC_OVERTAKEN_MAX,
	LC_PROBE,
	LC_NR
};

/**
 * struct lock_load - who comes to the lock
 * @places: so many locks, of which a thread takes any
 * @pin:    thread i stays on the i-th core of those that the process may use, and begins anew behind the last
 */
struct lock_load {
	u32 cpus, places;
	bool pin;
	struct bench_span section, think;
};

/**
 * struct lock_seen - of all runs of a row
 * @n: sections; @lost: of those, that did not count, since two threads were inside at once; @met: entries and exits that saw another
 *     thread inside
 */
struct lock_seen {
	u64 n, lost, met;
	struct hist wait, hand;
};

/*
 * @seconds at the lock, and less than a third more with stamps: out[] gets the columns but for LC_RATIO and LC_PROBE, *seen what is
 * added up.  Ends the process when a thread does not come back, with status 1 of an own lock.
 */
void lock_run(const struct subject *s, const struct lock_load *load, double seconds, double *out,
              struct lock_seen *seen);
/* Seconds that lock_run() takes beside @seconds. */
double lock_run_more(double seconds);
