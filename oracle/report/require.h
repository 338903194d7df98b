/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a log must have beyond being without a violation: for a machine that shall not call nothing a success. */
#include "oracle/check/check.h"
#include "sim/base/err.h"

/**
 * struct require
 * @any:    something is required
 * @closed: the log ends in order
 * @events, @contended: at least so many events; tickets taken while another one of the lock was out
 * @evaluated: checks that must have had something to judge
 */
struct require {
	bool any, closed;
	u64 events, contended;
	struct check_set evaluated;
};

/* "closed,events=1000,contended=1,evaluated=order": adds to *r.  Errors: ERR_USAGE names the part. */
MUST_CHECK int require_parse(struct require *r, const char *text, struct err *e);

/* After checker_end(): findings REQUIRE_*.  @closed: the log's streams ended in order. */
void require_judge(const struct require *r, struct checker *c, bool closed);
