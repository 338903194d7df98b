/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Why streams have no legal order: the rows of sim/log/merge.def, and which of them a step breaks that fits nowhere. */
#include "sim/log/read/merge_state.h"

const char *merge_row_name(enum merge_row row);
const char *merge_row_sentence(enum merge_row row);

/* Stop with a finding. */
void merge_find(struct merge *m, enum merge_row row, u32 lk, u32 rank, u32 cpu, const char *fmt,
                ...) PRINTF(6, 7);

/* The step of CPU @cpu is not the next one of its lock and never will be. */
void merge_misfit(struct merge *m, u32 cpu) __attribute__((cold));
