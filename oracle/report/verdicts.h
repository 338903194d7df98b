/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What each check says of a log, in lines. */
#include "oracle/check/check.h"

#include <stdio.h>

/* "ok", "VIOLATION" or "not judged". */
const char *verdict_word(const struct check_verdict *v);

/*
 * One line a check: name, verdict, worst case.  Of groups other than lock and log one line a group, and those of its checks that
 * found something, unless nothing else is asked for.  @color: escape codes for a terminal.
 */
void verdicts_table(FILE *f, const struct checker *c, bool color);

/* One line under a verdict: "not judged: merge (log is not in streams); order, bound (0 cases)"; or that it is nothing.  What
 * could not be told is in it, and locks that only H_CalLock judges. */
void verdicts_not_judged(FILE *f, const struct checker *c, const struct log_config *config);

/* What follows a verdict "ok" that says little: the log has no events, or the CPUs never met.  Else "". */
const char *verdicts_hollow(const struct checker *c);
