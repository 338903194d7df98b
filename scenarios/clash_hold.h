/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A CPU of clash that has posted a date holds: in sections of its operation it waits, with the lock, until all who have come stand
 * behind it, are done, or do not come for a while.
 */
#include "scenarios/clash_lists.h"

enum {
	CLASH_WAIT_PAUSES = 100, /* some 3 us: then the core is given to who is waited for */
	CLASH_HOLDS = 3,         /* sections of an operation in which others are waited for */
	CLASH_TURNS = 32,
};

/* How far a date is; who has come reads it of who has posted. */
enum clash_stage { CLASH_POSTED, CLASH_INSIDE, CLASH_OVER, CLASH_STAGES };

/* clash_cpu.stage: of a CPU's date number @turn. */
static inline u64 clash_stage(u64 turn, enum clash_stage stage)
{
	return turn % CLASH_TURNS * CLASH_STAGES + stage;
}

void clash_set_stage(struct kit_cpu *k, enum clash_stage stage);
/*
 * From now on the CPU holds in section number @part, from 1 on, and the next few: of objects of @list, or with LIST_NONE of any;
 * it gives its core away @rests times while it does.
 */
void clash_hold_begin(struct kit_cpu *k, enum clash_list list, u32 part, u32 rests);
/* The CPU holds no longer.  Returns whether it did. */
bool clash_hold_end(struct kit_cpu *k);
