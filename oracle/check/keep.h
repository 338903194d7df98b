/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an event may change in the families that judge at every event, and in the judge itself: put into the journal before the
 * event, all at once, by its CPU, lock and kind (oracle/check/pieces.h).  Everything else says itself what it is about to change,
 * by KEEP() or JOURNAL().
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

enum { KEEP_NO_PLACE = ~0u, KEEP_SEEN = 8 };

/* Of one CPU and lock the lists of pieces (bits) that are in the journal. */
struct kept_pieces {
	u32 key, lists;
};

/**
 * struct keep - all that is kept of a running episode, so that it can be undone
 * @own, @judge: whose state it is
 * @base: events before the first one that can be undone
 * @at:   [n] the journal's length before each event since, or KEEP_NO_PLACE
 * @places: only events that have EVF_PLACE are undone to, and begins of slices
 * @place:  of the journal; @kept: [n_kept] what it has since then
 */
struct keep {
	void *const *own;
	struct judge *judge;
	u64 base;
	VEC(u32) at;
	bool places;
	u32 place, n_kept;
	struct kept_pieces kept[KEEP_SEEN];
};

/* Event @e comes next. */
void keep_event(struct keep *k, const struct event *e);
