/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What to do when no stream can go on: let somebody pass a holder who is away, fill the hole that a killed CPU left between
 * its atomic and the store of its record, or say what is wrong.  It decides; the merge carries it out.
 */
#include "sim/log/read/merge_state.h"

enum repair_what {
	REPAIR_RELEASE, /* the holders of @locks are not waited for any longer, where they are away */
	REPAIR_FILL,    /* @cpu has made the step @kind on lock @lk, and no stream holds it */
	REPAIR_FOUND,   /* @finding: the streams have no legal order */
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
