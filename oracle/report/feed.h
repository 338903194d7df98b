/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* From a source of events to a checker: what `check` and `run` do alike. */
#include "oracle/check/check.h"
#include "oracle/report/overlap.h"
#include "sim/log/text/open.h"

enum { FEED_STOPPED = 1 };

/*
 * Feed all that is there, or until @interrupts (a signal handler counts; NULL: none) is no longer what it is now.
 * Returns 0, FEED_STOPPED, or < 0: the source's error; what came before either was fed.
 */
MUST_CHECK int feed_checker(struct log_source *s, struct checker *c, const volatile int *interrupts,
                            struct err *e);
/* The same, and @o gets the events as well; NULL: nobody does. */
MUST_CHECK int feed_both(struct log_source *s, struct checker *c, struct overlap *o,
                         const volatile int *interrupts, struct err *e);

/*
 * The source is at its end: what its merge found is a finding, or its check is judged (@whole: the log was read to its
 * end).  If there is more of the log than was fed, or a text of a run was cut, its end is not judged.  *out: what is known of the log.
 */
void feed_merge_verdict(struct log_source *s, struct checker *c, bool whole,
                        struct log_status *out);
