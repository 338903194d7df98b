/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How a CPU waits for its turn.  Whatever the policy, the order is the tickets' and the events are the same. */
#include "sim/base/types.h"

enum wait_kind {
	WAIT_SPIN, /* never leave the core: for as many CPUs as cores, and to show the collapse beyond */
	WAIT_YIELD, /* give the core away between two looks */
	WAIT_PARK, /* sleep on a futex of one's own ticket; the releaser wakes the one that is next */
	WAIT_AUTO, /* spin a little when next in line, else yield at once; sleep where a yield is dear */
	WAIT_NR
};

/**
 * struct wait_policy
 * @cores:      cores of the host
 * @admit:      at most so many CPUs between taking a ticket and their last release; 0: no limit
 * @admit_runs: acquisitions that one admission is good for
 */
struct wait_policy {
	enum wait_kind kind;
	u32 cores;
	u32 admit;
	u32 admit_runs;
};

/**
 * struct admission - one for the machine; relaxed atomics and raw futexes only, so that it orders nothing
 * @next:   numbers handed out
 * @served: numbers below it are in
 * @slot:   [number % MAX_CPU] as in struct ticket_lock
 */
struct admission {
	_Alignas(64) u64 next;
	_Alignas(64) u64 served;
	_Alignas(64) u32 slot[MAX_CPU];
};

/**
 * struct sharing - what yields cost on this host, as WAIT_AUTO has found (lock/share.c); relaxed atomics: it orders nothing
 * @until_ns: waiters sleep, and nobody asks until then whether that is still needed; 0: they yield
 * @hold_ns:  how long that is, this time or the last
 * @probes:   yields that were cheap since then
 * @back_ns:  when yields came back, as long as the machine is suspect; 0: it is not
 * @lost_ns:  the bucket of time that dear yields took
 * @dear_ns:  when the last of them ended
 * @times, @slept_ns: how often waiters were sent to sleep, and for how long in all
 * @dear_yields, @dear_sum_ns: how many yields were dear, and what they cost together
 */
struct sharing {
	_Alignas(64) u64 until_ns;
	u64 hold_ns, probes, back_ns, lost_ns, dear_ns;
	u64 times, slept_ns, dear_yields, dear_sum_ns;
};

/* Acquisitions of an admission, when nothing else is asked for: long enough to be worth a wake-up. */
enum { WAIT_ADMIT_RUNS = 8192 };

/* "spin", "yield", "park", "auto"; WAIT_NR when unknown. */
enum wait_kind wait_kind_by_name(const char *name);
const char *wait_kind_name(enum wait_kind k);
