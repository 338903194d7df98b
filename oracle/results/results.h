/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a command has judged, as a document that junit.h, sarif.h and annotate.h write for those who read results by machine: suites
 * (a log, a run, a scope, a script), in each cases (a check, a search), in each case findings.
 *
 * {"suites":[{"name","log","again","seconds","cases":[{"name","class","skipped","error","more","findings":[...],"known":[...]}]}]}
 *
 * A finding is the object that --json has of it (docs/json.md), with some more keys: "file" and "line" where it has a place in a text,
 * "function", "again" (the command that shows it), "steps" ([{"cpu","what","call","function","file","line"}]).
 */
#include "sim/base/types.h"

#include <jansson.h>

/* @log: the file in which it is, or NULL; @again: the command that does all of it again. */
json_t *results_suite(const char *name, const char *log, const char *again);
void results_seconds(json_t *suite, double seconds);
/* A case, of its suite.  @class: a group of checks, or what sort of case it is. */
json_t *results_case(json_t *suite, const char *class, const char *name);
/* It was not judged, or not all of it, since @why. */
void results_skip(json_t *test, const char *why);
/* It could not be judged to its end: @why. */
void results_error(json_t *test, const char *why);
/* @finding is taken; @known: it decides nothing. */
void results_found(json_t *test, json_t *finding, bool known);
/* So many more findings were counted, and are not there. */
void results_more(json_t *test, u64 more);

/* A string of an object, "" where there is none. */
const char *results_string(const json_t *object, const char *key);
/* Has the case a finding that decides? */
bool results_fails(const json_t *test);

/*
 * results_place() - "lock 7 (NPT:2), CPU 1, event 1723 of the log": where a finding is, without its file.  malloc'ed
 */
char *results_place(const json_t *finding);
/* Sentence, what was there before, place and the command that shows it: lines.  malloc'ed */
char *results_text(const json_t *finding);
