/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* get WHAT and dump WHAT of a script (sim/exec/exec.h), for a machine that somebody else runs. */
#include "sim/base/err.h"
#include "sim/base/types.h"

#include <stdio.h>

struct exec_look;
struct machine;

/* What is looked at is written to @f.  Errors: ERR_MEMORY. */
MUST_CHECK int exec_look_new(struct exec_look **out, FILE *f, struct err *e);
void exec_look_free(struct exec_look *k);

/* Does the line begin with get or dump? */
bool exec_look_is(const char *line);
/*
 * Such a line, of CPU @cpu of @m, which stays as it is, and none of whose CPUs is in a call that was left.  What only a script
 * has is refused: dump log, dump slog, dump errata.  Errors: ERR_TEXT.
 */
MUST_CHECK int exec_look(struct exec_look *k, struct machine *m, u32 cpu, const char *line,
                         const char *file, u64 number, struct err *e);
/* The same as text, which is the caller's to free; NULL: the line is wrong. */
char *exec_look_text(struct exec_look *k, struct machine *m, u32 cpu, const char *line,
                     struct err *e);
