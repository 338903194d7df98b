/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options of hypsim replay. */
#include "sim/cli/goes_with.h"
#include "sim/cli/scope_args.h"
#include "sim/explore/replay.h"
#include "sim/sched/vehicle.h"

/**
 * struct replay_args
 * @what:    a file, "-" (standard input), or a schedule's string; @is_log: a file that is a log of a run
 * @from:    the scope, where one is said; @scope_said: an option says how it is read
 * @log:     file for the log of the execution, or NULL; @force: it may overwrite what is no log
 * @times:   executions
 * @steps:   of one execution, at most
 * @episode: of a log; ~0: each
 * @said:    which options the command line has
 */
struct replay_args {
	const char *what;
	struct scope_args from;
	enum vehicle_kind vehicle;
	enum replay_how how;
	const char *log;
	u64 times;
	u32 steps;
	u64 episode;
	bool force, json, scope_said, print, step, is_log, gdb;
	struct goes_said said;
};

/* Wrong usage ends the process with status 2. */
void replay_args_parse(struct replay_args *o, int argc, char **argv);
/* Which of them go together. */
extern const struct goes_with replay_goes;
