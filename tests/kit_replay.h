/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Scopes by their lines, and what a search finds in them, as schedules. */
#include "sim/explore/replay.h"
#include "sim/explore/search.h"

enum { LINES = 40 };

/**
 * struct lines - of a scope; each NULL-terminated; texts are not owned
 */
struct lines {
	const char *before[LINES], *program[EXPLORE_CPUS][LINES], *after[LINES];
	u32 cpus;
};

/* @to.v[@at] becomes @line, and what stood there follows. */
void lines_insert(const char **lines, u32 at, const char *line);
struct scope *lines_scope(const struct lines *l);

/* An engine of its own machine. */
struct ran {
	struct setup *setup;
	struct engine *e;
};

void ran_new(struct ran *r, const struct scope *s, enum vehicle_kind vehicle);
void ran_free(struct ran *r);

/**
 * struct schedules - of a scope's executions
 * @verdict: [n] replay_verdict() of each
 */
struct schedules {
	struct schedule *v;
	char (*verdict)[FOUND_NAME];
	u32 n;
};

/* Of the first @max executions of the scope, by the search; @all: also of those that find nothing. */
struct schedules schedules_of(const struct scope *s, u32 max, bool all);
void schedules_free(struct schedules *s);
