/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The words of a script that look at a machine, for a machine that somebody else runs: get WHAT, dump WHAT (sim/exec/exec.h). */
#include "sim/base/err.h"
#include "sim/base/types.h"

#include <stdio.h>

struct exec_look;
struct machine;

/* What is looked at is written to @out.  Errors: ERR_MEMORY. */
MUST_CHECK int exec_look_new(struct exec_look **out, FILE *f, struct err *e);
void exec_look_free(struct exec_look *k);

/* Does the line begin with get or dump? */
bool exec_look_is(const char *line);
/*
 * One of them, of CPU @cpu of @m, none of whose CPUs is in a call that was left; nothing of it is changed.  dump log, dump slog and dump errata, of what only a
 * script has, are refused.  Errors: ERR_TEXT.
 */
MUST_CHECK int exec_look(struct exec_look *k, struct machine *m, u32 cpu, const char *line,
                         const char *file, u64 number, struct err *e);
/* The same as text, which is the caller's to free; NULL: the line is wrong. */
char *exec_look_text(struct exec_look *k, struct machine *m, u32 cpu, const char *line,
                     struct err *e);
