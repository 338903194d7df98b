/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Schedules of one scope: whether they find the same, which is the simplest, and which are nearest without.  For shrink.c. */
#include "sim/explore/shrunk.h"

enum { SHRINK_NAMES = 16 };

/**
 * struct shrink_like - what is found
 * @beside: [n_beside] all that was found with it: nothing else may be
 * @detail: of an expectation the call that it is about, without its numbers; "stuck STUCK_RANGE" of a stuck call, "circle" of a deadlock; ""
 * @answer: of an expectation what was got instead; looked at if it is @pinned
 */
struct shrink_like {
	char verdict[FOUND_NAME], detail[128], answer[160];
	bool pinned;
	u32 n_beside;
	char beside[SHRINK_NAMES][FOUND_NAME];
};

/**
 * struct shrink_seen - told by replay_run()
 * @learn: @like->detail is taken from it; else @same says whether it is that
 */
struct shrink_seen {
	struct shrink_like *like;
	bool learn, same;
};

/* Told by replay_run(): the execution has ended. */
void shrink_see(void *arg, struct engine *e);

/*
 * A search of at most @max executions: until there was one that finds it (*@found) and, if @passing, one that does not (*@passed).  @keys: of
 * the first that finds it; NULL: nobody asks
 */
void shrink_search(struct engine *e, const struct shrink_like *like, u32 max, bool *found,
                   bool *passed, bool passing, struct schedule *keys);

/* @s becomes one with fewer switches that finds the same.  @until: clock_ns() */
void shrink_switches(struct engine *e, struct setup *setup, const struct shrink_like *like,
                     struct schedule *s, u64 until);
/* @out->passing and what decides. */
void shrink_nearest(struct engine *e, struct setup *setup, const struct shrink_like *like,
                    const struct schedule *s, struct shrunk *out);
/* @out->held, @out->waits */
void shrink_held(struct engine *e, struct setup *setup, const struct schedule *s,
                 struct shrunk *out);
