/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Who wants the log of a script, and what it is told of it (sim/exec/record.h). */
#include "sim/base/err.h"
#include "sim/base/types.h"

struct log;
struct log_config;
struct machine;

/**
 * struct exec_part - a log that a script leaves: of machines that begin in the same way
 * @path:     its file; "": it is in memory
 * @number:   from 1 on
 * @m:        when it has ended: the machine that wrote it
 * @episodes, @calls: how many it has
 * @failed:   it could not be written to its end
 */
struct exec_part {
	struct log *log;
	const struct log_config *config;
	const struct machine *m;
	char path[4096];
	u32 number;
	u64 episodes, calls;
	bool failed;
};

/* Calls, from a line on, that the log does not have, since @why. */
struct exec_gap {
	u64 line, calls;
	char why[128];
};

/**
 * struct exec_record - a script leaves a log of what its calls did (sim/exec/record.h)
 * @path:  of the first part; the next ones have .2, .3, ... behind it; NULL: in memory
 * @force: a file may be overwritten that is no log
 * @memory_bytes: in memory: at which @full is called
 * @begun, @full, @ended: of a part; @begun: nothing was written yet; @full: make room in memory; @ended: it is closed, or has failed, as
 *         *@e says.  < 0 ends the script.  NULL: nobody asks
 * @gap:   calls are not in a log.  NULL: nobody asks
 */
struct exec_record {
	const char *path;
	bool force;
	u64 memory_bytes;
	int (*begun)(void *arg, const struct exec_part *part, struct err *e);
	void (*full)(void *arg, const struct exec_part *part);
	int (*ended)(void *arg, const struct exec_part *part, struct err *e);
	void (*gap)(void *arg, const struct exec_gap *gap);
	void *arg;
};
