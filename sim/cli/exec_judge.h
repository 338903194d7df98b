/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The log of a script (hypsim exec --log, --check), judged part by part, and what is said of it. */
#include "oracle/results/results_out.h"
#include "sim/exec/exec.h"
#include "sim/run/run_check.h"

/**
 * struct exec_judge
 * @record: for exec_opts
 * @asked:  a log is kept; @judges: and judged
 * @check:  of the part that is open, or NULL
 * @findings: of all parts so far
 * @results: for who reads results by machine; @script: the name of the script, and @calls its case
 */
struct exec_judge {
	struct exec_record record;
	bool asked, judges, json;
	struct check_how how;
	struct run_check *check;
	u64 findings;
	struct results_out results;
	const char *script;
	json_t *calls;
};

/* Call back @j for what exec_opts.record asks; the options are set. */
void exec_judge_begin(struct exec_judge *j);
/* The script has a suite in @j->results, which are begun, and each of its expectations that fails is a finding there. */
void exec_judge_results(struct exec_judge *j, struct exec_opts *o);
void exec_judge_free(struct exec_judge *j);
