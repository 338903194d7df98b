/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an event may change in the families that judge at every event, and in the judge itself: put into the journal before the
 * event, all at once, by its CPU, lock and kind (oracle/check/pieces.h).  Everything else says itself what it is about to change,
 * by KEEP() or JOURNAL().
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

enum { KEEP_NO_PLACE = ~0u, KEEP_SEEN = 64 };

/* Of one CPU and lock the lists of pieces (bits) that are in the journal since its place @place. */
struct kept_pieces {
	u32 key, lists, place;
};

/**
 * struct keep - all that is kept of a running episode, so that it can be undone
 * @own, @judge: whose state it is
 * @base: events before the first one that can be undone
 * @at:   [n] the journal's length before each event since, or KEEP_NO_PLACE
 * @places: only events that have EVF_PLACE are undone to, and begins of slices
 * @kept: [lock] what it has of the CPU that came to it last
 */
struct keep {
	void *const *own;
	struct judge *judge;
	u64 base;
	VEC(u32) at;
	bool places;
	struct kept_pieces kept[KEEP_SEEN];
};

/*
 * Which list of pieces: an event of a lock that takes a ticket, that is shared, or another one; of flat memory and of high-level
 * logs, too.  A barrier, or another mark.
 */
enum keep_list { LIST_ENTERS, LIST_SHARED, LIST_LOCK, LIST_BARRIER, LIST_MARK };

static inline enum keep_list keep_list_of(const struct event *e)
{
	if (e->kind == MARK_BARRIER)
		return LIST_BARRIER;
	if (event_is_mark(e->kind))
		return LIST_MARK;
	if (e->kind == EV_INC_TICKET)
		return LIST_ENTERS;
	return event_is_shared(e->kind) ? LIST_SHARED : LIST_LOCK;
}

/*
 * Lists (bits) whose pieces, when they are in the journal for a CPU and lock, are all that the list has.  Where a ticket goes is
 * another piece each time, so LIST_ENTERS has none.
 */
static inline u32 keep_covered_by(enum keep_list list)
{
	static const u8 lists[] = {
		[LIST_ENTERS] = 0,
		[LIST_SHARED] = 1 << LIST_SHARED,
		[LIST_LOCK] = 1 << LIST_LOCK | 1 << LIST_SHARED | 1 << LIST_ENTERS,
		[LIST_BARRIER] = 1 << LIST_BARRIER | 1 << LIST_MARK,
		[LIST_MARK] = 1 << LIST_MARK,
	};

	return lists[list];
}

static inline u32 keep_key(const struct event *e)
{
	return (u32)e->cpu << 8 | (e->lk & 0xff);
}

/* There will be @n events more at most. */
void keep_room(struct keep *k, u32 n);
/* What the list of @e has goes into the journal. */
void keep_pieces(struct keep *k, const struct event *e, enum keep_list list);

/* Event @e comes next; there is room for it. */
static inline void keep_event(struct keep *k, const struct event *e)
{
	const struct kept_pieces *p = &k->kept[e->lk % KEEP_SEEN];
	enum keep_list list = keep_list_of(e);

	k->at.v[k->at.n++] = KEEP_NO_PLACE;
	/* Its pieces are mostly there already, since the last place. */
	if (k->places && !(e->flags & EVF_PLACE) && p->key == keep_key(e) &&
	    p->place == k->judge->journal->place && (p->lists & keep_covered_by(list)))
		return;
	keep_pieces(k, e, list);
}
