/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Free-running: one pthread a CPU, operations one after the other, and a watch that takes no simulated lock.
 *
 * An operation is the unit of stopping: at the end of the time each CPU finishes the one it is in, so all locks are
 * free.  A stuck CPU, a deadlock or a stall stops the machine: the others leave where they wait.
 */
#include "sim/machine/workload.h"

/* Run @w on every CPU of @m.  The log is left open.  Errors: ERR_THREAD, ERR_MEMORY. */
MUST_CHECK int machine_run(struct machine *m, const struct workload *w, const struct run_opts *o,
                           struct run_result *out, struct err *e);

const char *run_end_name(enum run_end end);
