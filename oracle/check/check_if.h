/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The second tier of checks: those that ask what a critical section or an atomic operation has changed, in terms of frames, gfns
 * and VM states.  A check is a constant; the tables are in oracle/check/state.c.  They are called at pulls, pushes, passes and
 * marks only, and only of a log whose configuration has memory regions: without them no frame has a record.
 *
 * At a call j->world is the machine behind the events so far (lock_point: just before the push), j->trail where the CPUs are, and
 * j->at the event.  A check that finds something calls found(&j->findings, row, j->at, ...), at an episode's end found_at_end().
 *
 * What a check keeps is @bytes in one piece, a multiple of 8, zeroed at each episode: nothing in it may point to what changes,
 * and before a store into it KEEP(j, what) stands, so that it can be undone with the world.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

_Static_assert((int)MARK_KINDS <= 64, "marks have a bit each");

/* A kind of marks as a bit. */
#define STATE_MARK(kind) (1ull << ((kind)-MARK_FIRST))

/**
 * struct state_check - a check that is told of sections and operations
 * @id:      it may be asked for
 * @also:    [n_also] checks that it judges as well: it is called if one of all of them is asked for
 * @always:  it is no check, and called whenever one of the second tier is on
 * @changes: 1 << CH_*: what @change is given
 * @bytes:   of its own state
 * Each of these may be NULL:
 * @create, @free, @reset: in place of @bytes, a state of its own; @reset: an episode begins
 * @episode_begin: before the first event of an episode
 * @change:     a push of @s, or a change of flat memory, has done @c
 * @objects:    if it is not 0: of the sections of these objects alone @section and @passed are told: 1 << OBJ_*
 * @section:    the same, all of it; also if it has changed nothing
 * @passed:     the section's lock has been passed; it is free, or the next one's
 * @ops:        the operations of which @op_begin, @lock_point and @op_end are told; NULL: all
 * @op_begin:   an atomic operation begins
 * @lock_point: its first own push is about to be applied
 * @op_end:     it has ended: result, halted; it may have no lock point.  @o->done, @o->nested are whole if !@o->lost
 * @mark:       any mark but barriers; if @marks is not 0 only of those kinds: STATE_MARK()
 * @episode_end: the episode is over; @cut: events of it are missing
 * @worst:      behind the counts, if there is room
 */
struct state_check {
	enum check_id id;
	u32 n_also;
	bool always;
	const enum check_id *also;
	u32 changes;
	u32 bytes;
	void *(*create)(const struct judge *j);
	void (*free)(void *own);
	void (*reset)(void *own, const struct judge *j);
	void (*episode_begin)(struct judge *j, void *own);
	void (*change)(struct judge *j, void *own, const struct section *s, const struct change *c);
	u32 objects;
	void (*section)(struct judge *j, void *own, const struct section *s);
	void (*passed)(struct judge *j, void *own, const struct section *s);
	bool (*ops)(u64 op);
	void (*op_begin)(struct judge *j, void *own, cpu_t cpu, const struct op_open *o);
	void (*lock_point)(struct judge *j, void *own, cpu_t cpu, const struct op_open *o);
	void (*op_end)(struct judge *j, void *own, cpu_t cpu, const struct op_open *o);
	u64 marks;
	void (*mark)(struct judge *j, void *own, const struct event *e);
	void (*episode_end)(struct judge *j, void *own, bool cut);
	void (*worst)(const struct judge *j, const void *own, char *buf, size_t size);
};

extern const struct state_check check_invariants, check_table_walk, check_pages, check_core,
	check_sequence, check_vm_states, check_reclaim, check_tables, check_ctxt, check_images,
	check_refine, check_access, check_composite, check_invalidation, check_taken;

/* A case was judged, or was not. */
static inline void evaluated(struct judge *j, enum check_id id)
{
	KEEP(j, j->tally[id].evaluated);
	j->tally[id].evaluated++;
}

static inline void not_judged(struct judge *j, enum check_id id, enum unjudged why)
{
	KEEP(j, j->tally[id].unjudged[why]);
	j->tally[id].unjudged[why]++;
}

/* Are the contents of these objects (bits) those of the log?  If not, a case of check @id is not judged. */
static inline bool trusts(struct judge *j, enum check_id id, u64 locks)
{
	if (world_trusts(j->world, locks))
		return true;
	not_judged(j, id, UNJUDGED_DOUBT);
	return false;
}
