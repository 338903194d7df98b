/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "oracle/check/check.h"
#include "oracle/report/overlap.h"
#include "sim/log/source.h"

/**
 * struct check_crew - threads, which the judge has none of: lent by who has
 * @feed_halves: as feed_both() without a signal, for a checker of two halves: a thread for each
 * @each:        call work(arg, i) for each i below @n in this order, on @jobs threads at once, and tell(arg, i), also in this order and
 *               one at a time, when it has returned true and all before it were told
 */
struct check_crew {
	int (*feed_halves)(struct log_source *s, struct checker *c, struct overlap *o,
	                   struct err *e);
	void (*each)(u32 jobs, u32 n, bool (*work)(void *arg, u32 i),
	             void (*tell)(void *arg, u32 i), void *arg);
};
