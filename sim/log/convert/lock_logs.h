/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The log of each lock, as a text has it and as the merge of its streams gives it.  They can differ in what has no rank: looks at
 * one word by different CPUs, and what a CPU does behind its step while others go on.
 */
#include "sim/base/err.h"
#include "sim/log/event.h"
#include "sim/log/source.h"

/* Events of a lock that are kept one by one; what is behind them is a checksum. */
enum { LOCK_LOG_KEPT = 1 << 16 };

struct lock_logs;

struct lock_logs *lock_logs_new(void);
void lock_logs_free(struct lock_logs *l);
/* The next event of the text, of an object's number below ID_END; marks belong to no lock. */
void lock_logs_put(struct lock_logs *l, const struct event *ev);
/*
 * Does @s, of which nothing was taken yet, give each lock the same log?  Errors: ERR_NO_BINARY: no, with the lock and, among those that are
 * kept, its first event that differs; the source's.
 */
MUST_CHECK int lock_logs_compare(const struct lock_logs *l, struct log_source *s, struct err *e);
