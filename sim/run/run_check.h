/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The checker over a run's own log: in pieces while the run lasts (memory), and at its end. */
#include "oracle/check/check.h"
#include "oracle/report/coverage.h"
#include "sim/log/write/log.h"
#include "sim/machine/machine.h"

enum check_when { CHECK_OFF, CHECK_AFTER, CHECK_ONLINE };

struct run_check;

/*
 * Before the run: @when is not CHECK_OFF.  @meets: which operations meet is counted.  @limit_bytes: what may wait to be judged
 * online before the CPUs are stopped, and no more than takes ONLINE_LAG_MS.  Errors: ERR_MEMORY, ERR_THREAD.
 */
MUST_CHECK int run_check_start(struct run_check **out, struct log *l, enum check_when when,
                               struct check_how how, bool meets, u64 limit_bytes, struct err *e);
/* Set when something was found while the run lasts; NULL: nobody looks. */
const struct flag *run_check_found(const struct run_check *k);
/* All CPUs have met: judge what they have written, and make room. */
void run_check_consume(struct run_check *k, struct log *l);
/*
 * The run has ended and the log is closed: judge the rest (or the file), compare memory with the log where locks are
 * free.  FEED_STOPPED: one more interrupt came (@interrupts counts them; NULL: none), the rest is not judged.
 * < 0: the log could not be read back; what was judged before stands.
 */
MUST_CHECK int run_check_end(struct run_check *k, struct log *l, const struct machine *m,
                             const volatile int *interrupts, struct err *e);
/*
 * The run has ended and its log has failed: judge what its file holds.  FEED_STOPPED as above; < 0: nothing of it could be
 * judged, or not all.
 */
MUST_CHECK int run_check_end_failed(struct run_check *k, struct log *l,
                                    const volatile int *interrupts, struct err *e);
/* Of a run that was judged while it lasted: online_lag_ns(), behind the end; else 0. */
u64 run_check_lag_ns(const struct run_check *k);
struct checker *run_check_checker(struct run_check *k);
/* Which operations have met so far; NULL: that is not counted. */
const struct overlap *run_check_overlaps(const struct run_check *k);
/* After the end: what the log has reached; NULL likewise. */
const struct coverage *run_check_coverage(struct run_check *k);
void run_check_free(struct run_check *k);
