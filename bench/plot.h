/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bench/frame.h"
#include "bench/results.h"

/* Can plot_locks() draw to @path?  Errors: ERR_USAGE: another end; of whole_try(). */
MUST_CHECK int plot_try(const char *path, struct err *e);

/*
 * Have gnuplot draw the lock table of @s, of locks that @which has chosen, to @path, whose end says in which form: .svg, .png, .pdf: throughput, hand-over latency and
 * fairness against the number of CPUs, a line a lock.  Errors: ERR_USAGE: another end, or no such lock; ERR_HOST: there is no gnuplot,
 * or it failed.
 */
MUST_CHECK int plot_locks(const struct results *s, const struct bench_lock_opts *which,
                          const char *path, struct err *e);
