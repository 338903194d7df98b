/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The commands of hypsim: parse, call one library function, print, give the exit status. */

/* Exit statuses (134 is abort: a bug of hypsim itself).  When several apply, the violation wins. */
enum {
	EXIT_NOTHING =
		0, /* nothing found; a panic of the simulated machine is an answer, not a violation */
	EXIT_VIOLATION = 1, /* a violation, a stuck call in a run, or an expect that failed */
	EXIT_BAD_INPUT = 2, /* wrong usage, unreadable or malformed input */
	EXIT_HOST = 3,      /* disk full, out of memory, write error */
	/* 130, 143: Ctrl-C or SIGTERM, and nothing found (sim/base/interrupt.h) */
};

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_coverage(int argc, char **argv);
int cmd_fold(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_two_run(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
