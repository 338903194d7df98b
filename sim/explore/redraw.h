/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A search in which each execution is of another scope, drawn by the next seed (sim/explore/drawn.h).
 *
 * Each start is booted and judged once, and its machine undone behind each execution as in any search; so is the machine on which programs are
 * drawn.  What a strategy has learned of the steps of one scope it uses for the next one; "feedback", which changes executions of one scope, is
 * none for this.
 */
#include "sim/explore/drawn.h"
#include "sim/explore/search.h"

struct redraw;

/* @o->row must have starts; @o->seed is that of the first scope.  Errors: those of drawer_new(), setup_new() and engine_new(). */
MUST_CHECK int redraw_new(struct redraw **out, const struct drawn_opts *o,
                          const struct engine_opts *eo, struct err *e);
/* NULL: nothing. */
void redraw_free(struct redraw *r);

/*
 * redraw_run() - executions of scopes by @o, which draws; a class is one of its scope
 * @found: as of search_run(); redraw_seed() says which scope it is
 *
 * Errors: those of redraw_new(), of a start that was not there yet.
 */
MUST_CHECK int redraw_run(struct redraw *r, const struct search_opts *o,
                          void (*found)(void *arg, struct engine *e), void *arg,
                          struct search_result *out, struct err *e);
/* Of the scope of the last execution. */
u64 redraw_seed(const struct redraw *r);

/* The scope of @seed again, by its name, with its setup and engine, which are its own until the next call of any of these. */
MUST_CHECK int redraw_scope(struct redraw *r, u64 seed, struct scope **scope, struct setup **setup,
                            struct engine **engine, struct err *e);
