/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The orders of an episode, from its events in the log's order. */
#include "sim/rerun/recorded.h"

struct record_order;

struct record_order *record_order_new(struct recorded *rec);
void record_order_free(struct record_order *o);

/* Event number @index of the log, before it becomes its CPU's next one.  < 0: ERR_USAGE: it cannot be executed again. */
MUST_CHECK int record_order_take(struct record_order *o, const struct event *e, u64 index,
                                 struct err *err);

/* There are no more: places in the oracles' orders, and what must come before and behind unlocked reads. */
void record_order_settle(struct record_order *o);
