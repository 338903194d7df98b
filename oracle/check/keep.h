/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an event may change in the families that judge at every event, and in the judge itself: put into the journal before the
 * event, all at once, by its CPU, lock and kind (oracle/check/pieces.h).  Everything else says itself what it is about to change,
 * by KEEP() or JOURNAL().
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

/**
 * struct keep - all that is kept of a running episode, so that it can be undone
 * @own, @judge: whose state it is
 * @base: events before the first one that can be undone
 * @at:   [n] the journal's length before each event since
 */
struct keep {
	void *const *own;
	struct judge *judge;
	u64 base;
	VEC(u32) at;
};

/* Event @e comes next. */
void keep_event(struct keep *k, const struct event *e);
