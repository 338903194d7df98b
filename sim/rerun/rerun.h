/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * An episode of a free run's log is executed again: each entry of the core and each access of running code with the arguments and the
 * values from outside that the log has, the locks, frames and numbers of oracles in the log's orders.  What each CPU writes to a log of
 * its own is compared with what it wrote then, event by event: results, registers, contents, digests.
 *
 * Not compared: how often a CPU looked at a word before it was served (GET_NOW), times, the versions of objects that an access says it
 * has read, and what a CPU did between its last event and the place where it left an operation that another's halt or stop cut.
 *
 * The CPUs are bodies of a vehicle, and home says who goes on: any whose next step is the next one of its order.
 */
#include "sim/rerun/recorded.h"
#include "sim/rerun/rerun_result.h"

struct rerun;

/* Errors: ERR_MEMORY, ERR_THREAD; ERR_USAGE: a log that cannot be replayed. */
MUST_CHECK int rerun_new(struct rerun **out, const struct log_config *config, struct err *e);
void rerun_free(struct rerun *r);

/* Once for each episode, in any order.  Errors: ERR_MEMORY, ERR_DISK (the log of the rerun). */
MUST_CHECK int rerun_episode(struct rerun *r, const struct recorded *rec, struct rerun_result *out,
                             struct err *e);
