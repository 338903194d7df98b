// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/stats.h"

void hist_merge(struct hist *to, const struct hist *from)
{
	to->n += from->n;
	to->sum += from->sum;
	to->max = max_u64(to->max, from->max);
	for (u32 i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

u64 hist_quantile(const struct hist *h, double q)
{
	u64 seen = 0, want = (u64)((double)h->n * q);

	for (u32 i = 0; i < HIST_BUCKETS && h->n; i++) {
		seen += h->bucket[i];
		if (seen > want || seen == h->n)
			return min_u64(h->max, i < 63 ? (2ull << i) - 1 : ~0ull);
	}
	return 0;
}

u64 cpu_acquisitions(const struct cpu_stats *s)
{
	u64 sum = 0;

	for (u32 lk = 0; lk < ID_END; lk++)
		sum += s->lock_acquisitions[lk];
	return sum;
}

void cpu_stats_merge(struct cpu_stats *to, const struct cpu_stats *from)
{
#define STAT(name, sentence) to->name += from->name;
#include "cpu/stats.def"
	for (u32 lk = 0; lk < ID_END; lk++) {
		to->lock_acquisitions[lk] += from->lock_acquisitions[lk];
		to->lock_contended[lk] += from->lock_contended[lk];
		to->lock_wait_ns[lk] += from->lock_wait_ns[lk];
		to->lock_wait_max_ns[lk] =
			max_u64(to->lock_wait_max_ns[lk], from->lock_wait_max_ns[lk]);
	}
	hist_merge(&to->wait, &from->wait);
	hist_merge(&to->hold, &from->hold);
}
