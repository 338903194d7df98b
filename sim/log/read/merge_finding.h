/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Why streams have no legal order: the rows of sim/log/merge.def. */
#include "sim/base/types.h"

enum merge_row {
	MERGE_NONE,
#define MERGE(id, sentence) MERGE_##id,
#include "sim/log/merge.def"
	MERGE_NR
};

/**
 * struct merge_finding - why the streams have no legal order
 * @row:  MERGE_NONE: nothing found
 * @lk, @rank, @cpu: where
 * @at_step: it is about a step of CPU @cpu at lock @lk, which found the word @seen, when the steps before made it @word
 * @stands: the CPU's stream stands at this step, and does not wait for another one
 * @alone: what is missing is a step of the CPU itself at @lk, before this one in its own stream
 * @op:   that step's (sim/log/format.h)
 * @at:   events and marks of the CPUs that were put out before
 * @text: one line for a person
 */
struct merge_finding {
	enum merge_row row;
	u32 lk, rank, cpu;
	bool at_step, stands, alone;
	u8 op;
	u64 word, seen, at;
	char text[320];
};

const char *merge_row_name(enum merge_row row);
const char *merge_row_sentence(enum merge_row row);

/* *f, which was filled just now, is about a step: @op, which found the word @seen, when the steps before made it @word. */
void merge_find_step(struct merge_finding *f, u8 op, u64 word, u64 seen);

/* Fill *f, unless there is a finding in it: the first one stays. */
void merge_find(struct merge_finding *f, enum merge_row row, u32 lk, u32 rank, u32 cpu,
                const char *fmt, ...) PRINTF(6, 7);
