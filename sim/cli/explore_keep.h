/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The first thing that a search finds, the first deadlock if there is one, as a schedule that can be replayed. */
#include "sim/explore/saved.h"
#include "sim/explore/search.h"
#include "sim/explore/shrink.h"

/**
 * struct explore_keep
 * @have: there is one: @schedule by keys, without calls
 * @known:  where steps begin
 * @verdict: its name, as found_name.name
 */
struct explore_keep {
	bool have;
	struct schedule schedule;
	struct grain_known known;
	char verdict[FOUND_NAME];
	enum execution_end end;
};

/* The execution was found and is not undone. */
void explore_keep_add(struct explore_keep *k, const struct engine *e);
/* The search begins again, and has found nothing. */
void explore_keep_again(struct explore_keep *k);
void explore_keep_free(struct explore_keep *k);

/*
 * The search is over: the schedule is executed again, which must come to the same (nondeterminism()), and becomes @out, for @scope.
 */
void explore_keep_end(const struct explore_keep *k, struct engine *e, struct setup *setup,
                      const struct scope *scope, bool strict, struct saved *out);
/* *@io, which has found something, becomes what it was made to. */
void explore_keep_smaller(struct saved *io, const struct shrunk *s);
