/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Judging a run while it lasts: a thread of its own merges what the CPUs hand over and feeds it to the checker.  It takes
 * no lock of the machine, and stops no CPU unless too much waits to be judged: then the CPUs meet until it was (struct online_limits).
 */
#include "oracle/check/check.h"
#include "oracle/report/overlap.h"
#include "sim/base/flag.h"
#include "sim/log/source.h"
#include "sim/log/write/log.h"

struct online;

/**
 * struct online_limits - at what waits to be judged the CPUs meet
 * @bytes: of chunks
 * @ns:    that it would take, as fast as it went so far
 */
struct online_limits {
	u64 bytes, ns;
};

/* The lag that a run allows its judge: what is found is found so soon. */
enum { ONLINE_LAG_MS = 800 };

/*
 * Start to judge @l, whose CPUs have written nothing yet, by @c; both stay the caller's, and nobody else looks at @c until
 * online_stop().  @overlap is fed the same events, or NULL.  Where so much waits as a limit says @l is full.  Errors: ERR_MEMORY,
 * ERR_THREAD.
 */
MUST_CHECK int online_start(struct online **out, struct log *l, struct online_limits limits,
                            struct checker *c, struct overlap *overlap, struct err *e);
/* Set when something was found. */
const struct flag *online_found(const struct online *o);
/* All CPUs have met: take over what they have written and return when it was judged. */
void online_drain(struct online *o);
/*
 * The log is closed, or has failed: judge the rest.  The source is the merge, for what it found and whether the streams
 * ended in order; it lives until online_free().  < 0: what was handed over could not be read.
 */
MUST_CHECK int online_stop(struct online *o, struct log_source **s, struct err *e);
/* The longest time that records had been handed over when they were judged, after online_stop(). */
u64 online_lag_ns(const struct online *o);
void online_free(struct online *o);
