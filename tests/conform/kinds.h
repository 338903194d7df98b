/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The kinds of records of a vector file, and what one comes to. */
#include "tests/conform/rig.h"

#define BEYOND_64 "a value beyond 64 bits"

/**
 * struct verdict - what a record came to
 * @got:     an object with one value for each result that the record holds
 * @rules:   programs: for each call the rule that it broke, or null
 * @skipped: why the record does not count, a string constant; NULL: it does
 */
struct verdict {
	json_t *got, *rules;
	const char *skipped;
};

/* The kinds; each has the keys that record.c lists for it. */
typedef int record_fn(struct rig *r, const json_t *rec, struct verdict *v, struct err *e);
record_fn fold_log_run, fold_wait_run, fold_wait_time_run, fold_decrease_run;
record_fn program_run;
record_fn specx_move, specx_get, specx_set, specx_fetch, specx_clear;
