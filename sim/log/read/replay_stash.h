/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Contents as bytes: those that were changed, a page of 512 cells at a time. */
#include "sim/base/stash.h"
#include "sim/log/read/replay.h"

/* From now on, which is before the first event, which pages change is kept. */
void replay_track(struct replay *r);

/*
 * Write the pages that have changed since the last time; @whole: and all others that have in this episode, so that nothing before is
 * needed.  Returns whether nothing before is needed.
 */
bool replay_stash(struct replay *r, struct stash *s, bool whole);

/* Read what replay_stash() wrote, on top of what it had written before unless it needs nothing of that.  False: these are no such bytes. */
bool replay_unstash(struct replay *r, struct stash *s);

/* The contents of object @lk; NULL: the log has not changed it, and they are those of the configuration. */
const struct obj *replay_obj(const struct replay *r, lk_t lk);

/* The episode that the contents are of; false: none has begun. */
bool replay_episode(const struct replay *r, u32 *number);

/* Call @fn for each page that has changed in this episode. */
void replay_each_page(const struct replay *r, void (*fn)(void *arg, lk_t lk, u64 page), void *arg);
