/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A text log is in one order already; as streams, which its binary form is, it must be one all the same: nothing of a CPU stands
 * behind its CLOSE, and all CPUs that say so are in the same episode.
 */
#include "sim/log/event.h"
#include "sim/log/read/merge_finding.h"

/**
 * struct text_streams
 * @closed:  CPUs whose CLOSE was there, a bit each
 * @begun:   an episode has; @episode: its number
 * @in:      [cpu] number of the last EPISODE of the CPU, plus 1; 0: none
 */
struct text_streams {
	u64 closed;
	bool begun;
	u64 episode, in[MAX_CPU];
	struct merge_finding finding;
};

/* The next event.  False: it cannot be in its CPU's stream there, and @s->finding says why. */
bool text_streams_take(struct text_streams *s, const struct event *e);
