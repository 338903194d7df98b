/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the objects of a log hold behind each of its events: its pushes, applied to a world (oracle/world/world.h). */
#include "oracle/world/world.h"
#include "sim/log/event.h"

/* What an event was to the world. */
enum log_world_event {
	LOG_WORLD_SAME,
	LOG_WORLD_EPISODE, /* an episode begins: all is as at the start */
	LOG_WORLD_PUSH,    /* a push was applied: world_changes() */
};

/**
 * struct log_world
 * @episode: the one that began last; @begun: one has
 * @applied: told of each difference of a push, when it was applied; may be NULL
 */
struct log_world {
	struct world *w;
	u64 episode;
	bool begun;
	void (*applied)(void *arg, const struct event *e);
	void *arg;
};

/* What the objects hold is what those of @r do, for which replay_track() was called (sim/log/read/replay_stash.h). */
struct replay;
void log_world_become(struct log_world *l, const struct replay *r);

/* The next event of the merged log.  A push that says what its object does not have is applied up to there, and is LOG_WORLD_SAME. */
enum log_world_event log_world_event(struct log_world *l, const struct event *e);
