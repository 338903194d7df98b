/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* concurrent ... end of a script: the programs of the CPUs are read, and at end made CPU by CPU.  For sim/exec/exec.c. */
#include "sim/base/err.h"
#include "sim/log/text/text_line.h"

struct concurrent;
struct exec;

MUST_CHECK int do_concurrent(struct exec *x, struct text_line *l, struct err *e);
/* A line behind concurrent, but end: it begins with @w.  Errors: ERR_TEXT, and nothing has changed. */
MUST_CHECK int concurrent_line(struct exec *x, struct text_line *l, struct text_word w,
                               struct err *e);
/* CPU 0 makes its calls, then CPU 1, ...; what comes behind is CPU 0's.  Errors: as exec_prim(). */
MUST_CHECK int do_end(struct exec *x, struct text_line *l, struct err *e);

/* The script has ended; @r is NULL, or ERR_TEXT says where the concurrent stands that has no end. */
MUST_CHECK int concurrent_closed(const struct concurrent *r, struct err *e);
void concurrent_free(struct concurrent *r);
