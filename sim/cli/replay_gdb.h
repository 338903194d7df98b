/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* hypsim replay --gdb: the same replay as gdb's inferior, with a stop where another CPU goes on. */
#include "sim/explore/step.h"

/**
 * struct replay_gdb_at - the step that begins, for gdb to look at
 * @number: in the schedule
 * @switched: another CPU made the step before
 * @stops:  steps so far
 * @what:   "CPU 1's step 0: ticket of CORE  register_kvm"
 */
struct replay_gdb_at {
	unsigned number, cpu, switched, stops;
	char what[256];
};

/* The last step of @x begins, on its CPU's stack, in call @call. */
void replay_gdb_tell(const struct execution *x, const char *call);

/* This command again, without --gdb, under gdb in place of this process.  Returns an exit status only if there is no gdb. */
int replay_gdb_run(int argc, char **argv);
