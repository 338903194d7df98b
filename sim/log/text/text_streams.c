// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text_streams.h"

#include <inttypes.h>

static bool forged(struct text_streams *s, const struct event *e, u64 own)
{
	u32 lk = event_is_mark(e->kind) ? 0 : e->lk;

	if (s->closed >> e->cpu & 1)
		merge_find(&s->finding, MERGE_FORGED, lk, 0, e->cpu,
		           "CPU %u: records behind the end of its stream", e->cpu);
	else
		merge_find(&s->finding, MERGE_FORGED, lk, 0, e->cpu,
		           "CPU %u is in episode %" PRIu64 ", and episode %" PRIu64 " has begun",
		           e->cpu, own - 1, s->episode);
	return false;
}

bool text_streams_take(struct text_streams *s, const struct event *e)
{
	if (e->flags & EVF_RUN)
		return true;
	if (s->closed >> e->cpu & 1)
		return forged(s, e, 0);
	if (e->kind == MARK_EPISODE) {
		if (s->begun && e->arg < s->episode)
			return forged(s, e, (u64)e->arg + 1);
		s->begun = true;
		s->episode = e->arg;
		s->in[e->cpu] = s->episode + 1;
	} else if (s->begun && s->in[e->cpu] && s->in[e->cpu] != s->episode + 1) {
		return forged(s, e, s->in[e->cpu]);
	}
	if (e->kind == MARK_CLOSE)
		s->closed |= 1ull << e->cpu;
	return true;
}
