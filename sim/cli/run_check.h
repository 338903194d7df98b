/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The checker over a run's own log: in pieces while the run lasts (memory), and at its end. */
#include "oracle/check/check.h"
#include "sim/log/log.h"
#include "sim/machine/machine.h"

struct run_check;

struct run_check *run_check_start(const struct log_config *config);
/* All CPUs have met: judge what is in memory. */
void run_check_consume(struct run_check *k, struct log *l);
/*
 * The run has ended and the log is closed: judge the rest (or the file), compare memory with the log where locks are
 * free.  < 0: the log could not be read back; what was judged before stands.
 */
MUST_CHECK int run_check_end(struct run_check *k, struct log *l, const struct machine *m,
                             struct err *e);
struct checker *run_check_checker(struct run_check *k);
void run_check_free(struct run_check *k);
