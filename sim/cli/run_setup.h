/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One run from options to verdict: machine, log, workload and checker, wired together. */
#include "oracle/results/results_out.h"
#include "scenarios/scenario.h"
#include "sim/machine/random_outside.h"
#include "sim/run/run_check.h"

enum { MAX_SET_OPTIONS = 32, RUN_AS_SCENARIO = 101, RUN_COMMAND = 1024 };

struct run_setup {
	/* options */
	const struct scenario *scenario;
	u32 cpus;
	u32 perturb;        /* RUN_AS_SCENARIO until it is known */
	u32 random_outside; /* percent of the values from outside that are random */
	u64 seed;
	const char *log_path;
	enum check_when check;
	bool force;    /* --log FILE may be any file */
	bool overlaps; /* all pairs are shown */
	bool coverage; /* and all that the log has reached */
	struct check_how how;
	bool json, quiet, timestamps, keep_reads, tlb;
	struct wait_policy policy;
	u64 memory_bytes;
	bool memory_given;
	struct run_opts opts;
	struct errata_choice chosen;
	struct errata errata; /* the defaults or --errata, then the scenario's, then --erratum */
	u32 n_scenario_options;
	const char *scenario_options[MAX_SET_OPTIONS];
	struct results_out results;

	/* the run */
	u64 values[SCENARIO_MAX_OPTIONS];
	u32 start; /* both counters of every lock word */
	struct log_config config;
	struct log *log;
	struct machine *machine;
	struct random_outside outside;
	struct workload workload;
	bool workload_begun;
	struct run_check *checking; /* NULL: --check off */
	struct run_result result;
	u64 log_bytes;
	u64 check_ns;
	struct err log_error;       /* code ERR_NONE, or how the log failed; */
	struct err judge_error;     /* and why what it holds was not judged to its end */
	bool judged_in_part;        /* an interrupt came while the log was judged */
	bool verified;              /* the scenario's own condition was looked at, */
	bool verify_ok;             /* and holds; */
	struct run_differs differs; /* or what differs */
};

void run_setup_defaults(struct run_setup *r);
/* Resolve defaults and open what the run needs.  Errors: ERR_USAGE, ERR_OPEN, ERR_DISK, ERR_MEMORY. */
MUST_CHECK int run_setup_prepare(struct run_setup *r, struct err *e);
/* Run, close the log, judge it.  < 0: the host failed before there was a result. */
MUST_CHECK int run_setup_execute(struct run_setup *r, struct err *e);
/* The command that does what this run does.  Returns buf; [RUN_COMMAND] is enough. */
const char *run_setup_command(const struct run_setup *r, char *buf, size_t size);
void run_setup_free(struct run_setup *r);
