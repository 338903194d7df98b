/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What an episode that was executed again came to. */
#include "sim/base/types.h"

/**
 * struct rerun_differs - the first difference
 * @index: number of the event in the log; ~0: the log's streams have no event there
 * @log, @ours: what the log has, and what the machine did
 */
struct rerun_differs {
	bool is;
	u64 index;
	u32 cpu;
	char log[600], ours[600];
};

/**
 * struct rerun_result
 * @events:  of the log that were compared
 * @entries, @accesses: that were made; @values: from outside, taken from the log
 * @raced:   accesses that read an object while a section was at work; @unplaced: of these, those for which no moment was found at
 *           which it has what the log says
 * @cut:     the log ends before the episode does
 */
struct rerun_result {
	struct rerun_differs differs;
	u64 number, events, entries, accesses, values;
	u64 raced, unplaced;
	bool cut;
};
