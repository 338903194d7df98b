/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The life of one thing in a log: each change of a page, a VM, a context bank or a cell, with the event, CPU and operation that made it. */
#include "sim/inspect/life_what.h"
#include "sim/log/source.h"

#include <stdio.h>

struct log_index;

/*
 * Print the changes of a whole log, whose index is @ix, or NULL, in their order, the begins of episodes, and what is there at the end (not of a cell, whose last
 * change says it).  < 0: the source's error (what came before is printed); ERR_USAGE: the log says nothing of a machine's memory.
 */
MUST_CHECK int log_life(struct log_source *s, struct log_index *ix, const char *path,
                        const struct life_options *o, FILE *f, struct err *e);
