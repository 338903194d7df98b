/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The checker over a run's own log: in pieces while the run lasts (memory), and at its end. */
#include "oracle/check/check.h"
#include "sim/log/log.h"
#include "sim/machine/machine.h"

/**
 * struct run_check
 * @failed: the log could not be read back (@e); what was judged before stands
 */
struct run_check;

MUST_CHECK int run_check_start(struct run_check **out, const struct log_config *config,
                               struct err *e);
/* All CPUs have met: judge what is in memory. */
void run_check_consume(struct run_check *k, struct log *l);
/*
 * The run has ended and the log is closed: judge the rest (or the file), compare memory with the log where locks are
 * free.  @in_order: no CPU was stuck or stopped.
 */
MUST_CHECK int run_check_end(struct run_check *k, struct log *l, const struct machine *m,
                             bool in_order, struct err *e);
struct checker *run_check_checker(struct run_check *k);
void run_check_free(struct run_check *k);
