/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/consts.h"
#include "sim/base/types.h"

enum { HIST_BUCKETS = 64 };

/* A histogram of nanoseconds: bucket i counts values in [2^i, 2^(i+1)); bucket 0 also 0. */
struct hist {
	u64 n, sum, max;
	u64 bucket[HIST_BUCKETS];
};

static inline void hist_add(struct hist *h, u64 v)
{
	h->n++;
	h->sum += v;
	if (v > h->max)
		h->max = v;
	h->bucket[v ? 63 - __builtin_clzll(v) : 0]++;
}

void hist_merge(struct hist *to, const struct hist *from);
/* The value below which a share @q (0..1) of the samples lies, to the bucket's upper end; 0 when empty. */
u64 hist_quantile(const struct hist *h, double q);

/**
 * struct cpu_stats - written by the owner CPU only; read by others after they have met it
 * @lock_acquisitions, @lock_contended: per lock
 * @wait, @hold: when timing is on
 * @taken_ns: when each lock was taken, while it is held
 */
struct cpu_stats {
#define STAT(name, sentence) u64 name;
#include "cpu/stats.def"
	u64 lock_acquisitions[ID_END];
	u64 lock_contended[ID_END];
	u64 lock_wait_ns[ID_END], lock_wait_max_ns[ID_END];
	u64 taken_ns[ID_END];
	struct hist wait, hold;
};

/* Locks taken: the sum over lock_acquisitions. */
u64 cpu_acquisitions(const struct cpu_stats *s);

void cpu_stats_merge(struct cpu_stats *to, const struct cpu_stats *from);
