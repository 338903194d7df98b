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
 * struct log_source - events, oldest first
 * @config: what the log begins with; never NULL (a text log without a header has the defaults)
 * @next:   fill @out with up to @max events and set *n; *n == 0 is the end.  Diffs and arguments of the events stay
 *          valid until the next call.  Returns 0, or < 0 with *e filled (damaged or malformed input); what came before
 *          stays good.
 * @lock_name: the number that the log gives to lock index lk (a machine's log: lk itself; a text log: any number)
 * @close:  release it
 */
struct log_source {
	const struct log_config *config;
	int (*next)(struct log_source *s, struct event *out, u32 max, u32 *n, struct err *e);
	u64 (*lock_name)(const struct log_source *s, lk_t lk);
	void (*close)(struct log_source *s);
};
