// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_world.h"

/* Each CPU has a mark of an episode's begin; the first one begins it. */
static enum log_world_event episode(struct log_world *l, const struct event *e)
{
	if (l->begun && e->arg == l->episode)
		return LOG_WORLD_SAME;
	l->begun = true;
	l->episode = e->arg;
	world_reset(l->w);
	return LOG_WORLD_EPISODE;
}

static enum log_world_event push(struct log_world *l, const struct event *e)
{
	struct world_cell wrong;

	world_begin(l->w);
	for (u32 i = 0; i < e->n; i++) {
		if (world_apply(l->w, (lk_t)e->lk, &e->diffs[i], &wrong) == WORLD_RANGE)
			return LOG_WORLD_SAME;
		if (l->applied)
			l->applied(l->arg, e);
	}
	return LOG_WORLD_PUSH;
}

enum log_world_event log_world_event(struct log_world *l, const struct event *e)
{
	if (e->kind == MARK_EPISODE)
		return episode(l, e);
	if (!event_is_push(e->kind) || e->n == 0 || e->lk >= ID_END ||
	    e->kind != event_push_of((lk_t)e->lk))
		return LOG_WORLD_SAME;
	return push(l, e);
}
