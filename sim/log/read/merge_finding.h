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
 * @text: one line for a person
 */
struct merge_finding {
	enum merge_row row;
	u32 lk, rank, cpu;
	char text[320];
};

const char *merge_row_name(enum merge_row row);
const char *merge_row_sentence(enum merge_row row);

/* Fill *f, unless there is a finding in it: the first one stays. */
void merge_find(struct merge_finding *f, enum merge_row row, u32 lk, u32 rank, u32 cpu,
                const char *fmt, ...) PRINTF(6, 7);
