/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What to do when no stream can go on: let somebody pass a holder who is away, fill the hole that a killed CPU left between
 * its atomic and the store of its record, or say what is wrong.  It decides; the merge carries it out.
 *
 * A run that was killed lacks at most one step of each CPU.  A log that is still being written, or a copy of one, lacks any
 * number at the end of each stream, and looks alike.  So holes are filled only if that leads to the end of all streams, which
 * a copy of the merge tries first; else nothing is made up, and the merge ends where steps are missing.
 */
#include "sim/log/read/merge_state.h"

enum repair_what {
	REPAIR_RELEASE, /* the holders of @locks are not waited for any longer, where they are away */
	REPAIR_FILL,    /* @cpu has made the step @kind on lock @lk, and no stream holds it */
	REPAIR_FOUND,   /* @finding: the streams have no legal order */
	REPAIR_CUT,     /* steps are missing: what is left is for cut.h */
};

/**
 * struct repair - a decision
 * @locks: a bit each, 0: there is nothing that helps
 */
struct repair {
	enum repair_what what;
	u64 locks;
	u32 cpu, lk;
	enum event_kind kind;
	struct merge_finding finding;
};

/* Streams are parked, none can go on, and no more comes. */
void repair_stalled(const struct merge *m, struct repair *out);

/* Streams are parked, none can go on, and more may come: which holder that is away waits for one whom it keeps from its lock? */
void repair_unknot(const struct merge *m, struct repair *out);
