/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a checker found, for a person and as JSON. */
#include "oracle/check/check.h"

#include <jansson.h>
#include <stdio.h>

/*
 * One line a check: name, verdict, worst case.  Of groups other than lock and log one line a group, and those of its checks that
 * found something, unless nothing else is asked for.  @color: escape codes for a terminal.
 */
void report_table(FILE *f, const struct checker *c, bool color);

/* One line under a verdict: "not judged: merge (log is not in streams); order, bound (0 cases)"; or that it is nothing.  What
 * could not be told is in it, and locks that only H_CalLock judges. */
void report_not_judged(FILE *f, const struct checker *c);

/* What follows a verdict "ok" that says little: the log has no events, or the CPUs never met.  Else "". */
const char *report_hollow(const struct checker *c);

/*
 * The first finding in full, with the events around it, then one line for each other one.  Nothing when there is none.
 * @config: of the log: what its operations are called.
 */
void report_findings(FILE *f, const struct checker *c, const struct log_config *config, bool color);

/* One line an erratum that has known findings: how many, and the first of them.  Nothing when there are none. */
void report_known(FILE *f, const struct checker *c);

/*
 * {"verdict":"ok|violation","events":N,"contended":N,"checks":[{"check","verdict","worst","untold","cases"}],
 *  "findings":[{"check","row","lock","cpu","at","index","event","sentence","state","clauses"}],"more_findings":N,"known":N,
 *  "known_errata":{ERRATUM:N},"known_findings":[as in "findings", with "erratum"]}
 * A surprise has "about": the record of each frame, VM, vCPU and bank, and who changed it last.
 * A finding of the merge has "break" besides: the word before it, what was seen, "means" and the records "behind".
 */
json_t *report_json(const struct checker *c);
