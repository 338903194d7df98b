/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Two runs of a script of hypsim exec.  Its steps are the calls of the machine's eight entries (sim/hyp/api.h). */
#include "sim/exec/exec.h"
#include "sim/two/pair.h"

/**
 * struct two_script - a script as it was read
 * @name: stands in messages
 * @v: [n] lines, without their newlines
 */
struct two_script {
	const char *name;
	char **v;
	u32 n, cap;
};

/*
 * Run it for @pr, which was pair_init()ed.  @o: of both runs; what they print goes nowhere, and what they expect is theirs to
 * judge.  Errors: ERR_MEMORY, ERR_TEXT as exec_line()'s, ERR_OPEN.
 */
MUST_CHECK int two_exec(const struct two_script *script, const struct exec_opts *o, struct pair *pr,
                        struct err *e);
