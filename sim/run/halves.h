/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One log on two cores: this thread merges it and feeds the checker's first half, another one feeds the second half.  Between them is a
 * ring of batches, each with a copy of what its events point to, so memory is bounded; nothing goes back.
 */
#include "oracle/check/check.h"
#include "oracle/report/overlap.h"
#include "sim/log/source.h"

/*
 * Feed all that is there to both halves of @c, and to @o if it is not NULL; when it returns the other thread is gone.  Returns 0, or < 0: the source's error; what
 * came before was fed.  Where no thread can be had this one feeds both.
 */
MUST_CHECK int halves_feed(struct log_source *s, struct checker *c, struct overlap *o,
                           struct err *e);
