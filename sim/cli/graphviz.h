/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Graphs are drawn by graphviz's program dot, which is started only where a drawing is asked for. */
#include "sim/base/err.h"
#include "sim/base/whole_file.h"

#include <stdio.h>
#include <sys/types.h>

/**
 * struct graphviz - dot at work
 * @graph: what is written there is the graph, in dot's language
 */
struct graphviz {
	FILE *graph;
	pid_t pid;
};

/* Start dot, which draws SVG to @to.  ERR_HOST: it cannot be started; the message says which package has it. */
MUST_CHECK int graphviz_start(struct graphviz *g, const struct whole_file *to, struct err *e);
/* The graph is whole: wait until it is drawn.  ERR_HOST: dot failed. */
MUST_CHECK int graphviz_end(struct graphviz *g, struct err *e);
/* The graph is not whole. */
void graphviz_drop(struct graphviz *g);
