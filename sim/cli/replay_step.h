/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* hypsim replay --step: a schedule is walked through, step by step, by commands from a prompt or a script. */
#include "sim/explore/engine.h"
#include "sim/explore/saved.h"
#include "sim/explore/setup.h"

struct walk;

/* Of @saved, which stays the caller's.  NULL: *e says why. */
struct walk *walk_new(const struct saved *saved, struct err *e);
void walk_free(struct walk *w);
/* engine_opts.at of the engine that walks; its at_arg is the walk. */
void walk_at(void *walk, u32 cpu, const struct execution *x);
/* Until quit, or the end of standard input.  Returns an exit status: 0; of a script also 2, at a line that is wrong. */
int walk_run(struct walk *w, struct engine *e, struct setup *setup);
