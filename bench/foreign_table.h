/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Rows beside foreign processes: what each policy is worth on a machine that is not the benchmark's alone. */
#include "bench/foreign.h"
#include "bench/frame.h"
#include "lock/policy.h"

/*
 * A table of what @rate(arg, cpus, kind, admit) comes to, in millions a second, for 0 to FOREIGN_MAX foreign processes, and
 * for each number of CPUs above 1.
 */
void foreign_table(const struct bench_opts *o, const char *name, const char *title,
                   double (*rate)(const struct bench_opts *o, u32 cpus, enum wait_kind kind,
                                  bool admit));

/* How often it calls @rate for a number of CPUs above 1, in each repetition. */
u32 foreign_table_runs(void);
