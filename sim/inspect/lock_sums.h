/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How the locks were used in a part of a log, by lock and operation: sums, to which those of another part can be added. */
#include "sim/base/stash.h"
#include "sim/inspect/times.h"
#include "sim/log/op.h"

/* Operations: those of the hypervisor, of a workload, and one for sections of none. */
enum { SUMS_WORK = HYP_OP_NR, SUMS_NO_OP = SUMS_WORK + 64, SUMS_OPS };

/**
 * struct lock_row - sections of a lock that one operation asked for; or of several locks or operations
 * @acquired:   sections; @contended: of those, who had to wait
 * @hand_overs: from another CPU
 * @depth:      sum of the depths; @max_depth
 * @wait:       how long they waited; @others: what each section of others waited while one of these had the lock
 * @cpu:        [cpu] sections
 */
struct lock_row {
	u64 acquired, contended, hand_overs, depth, max_depth;
	struct times wait, others, hold;
	u64 cpu[MAX_CPU];
};

void lock_row_add(struct lock_row *r, const struct lock_row *more);

struct lock_section;
struct lock_sums;
struct sections;

/* @timed: durations are nanoseconds, else hand-overs and events */
struct lock_sums *lock_sums_new(bool timed);
void lock_sums_free(struct lock_sums *t);
/* Nothing is counted. */
void lock_sums_clear(struct lock_sums *t);
/* sections_told.done: a section was let go. */
void lock_sums_done(struct lock_sums *t, const struct sections *ss, const struct lock_section *s);
void lock_sums_add(struct lock_sums *t, const struct lock_sums *more);
/* As bytes and back: what is read is added.  *s is bad: some of it was. */
void lock_sums_stash(struct lock_sums *t, struct stash *s);
/* The sections of lock @lk, below ID_END, that operation @op asked for; NULL: there is none. */
const struct lock_row *lock_sums_row(const struct lock_sums *t, u32 lk, u32 op);
