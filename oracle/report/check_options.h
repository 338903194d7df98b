/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options of hypsim check. */
#include "oracle/check/check.h"
#include "oracle/report/check_crew.h"
#include "oracle/report/require.h"
#include "oracle/results/results_out.h"
#include "sim/base/errata.h"

#include <stdio.h>

enum { STATUS_OK = 0, STATUS_VIOLATION = 1, STATUS_INPUT = 2, STATUS_HOST = 3 };

/**
 * struct options
 * @checks: all that are asked for
 * @only, @only_groups: what --only names: checks, and groups (bits)
 * @crew: who has threads, or NULL; @jobs: how many may work
 * @results: who else reads results; a suite each log
 * @out, @err: where it is told
 */
struct options {
	const char *name;
	struct check_set checks, only;
	u32 only_groups;
	struct require require;
	bool json, quiet, color, follow, coverage;
	struct check_how how;
	struct errata_choice chosen;
	char **log;
	u32 n_logs;
	const struct check_crew *crew;
	u32 jobs;
	struct results_out results;
	FILE *out, *err;
};

/* Read them into @o, whose defaults are set.  < 0: they are not well formed, and that was told. */
int check_options_read(struct options *o, int argc, char **argv);
