/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The place where the merge of the streams broke off: what both sides of it say. */
#include "sim/base/consts.h"
#include "sim/base/types.h"

enum {
	BROKEN_MEANS = 4,             /* sentences */
	BROKEN_RECORDS = 8 * MAX_CPU, /* records */
};

/**
 * struct broken_record - a record behind the break
 * @ranked: it found the word @ticket, @now (at flat memory: it has the number @ticket)
 */
struct broken_record {
	u8 kind, cpu;
	bool ranked;
	u32 lk, arg, ticket, now;
};

/**
 * struct broken
 * @at_step: a step found the word (@seen_ticket, @seen_now) when those before it had made it (@ticket, @now); else these are 0
 * @mean:   [n_means] sentences: what the records say of how it came to this
 * @record: [n_records] by CPU, each CPU's in its order
 */
struct broken {
	bool at_step;
	u32 ticket, now, seen_ticket, seen_now;
	u32 n_means;
	char mean[BROKEN_MEANS][200];
	u32 n_records;
	struct broken_record record[BROKEN_RECORDS];
};
