// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_wait.h"

bool merge_look_may_come(struct merge *m, u32 lk)
{
	if (m->blocked >> lk & 1)
		return true;
	for (u64 left = m->open_end ? m->dry | m->fresh : 0; left; left &= left - 1) {
		const struct merge_cpu *p = &m->cpu[__builtin_ctzll(left)];

		if (p->waiting == lk || p->held >> lk & 1) {
			m->blocked |= 1ull << lk;
			return true;
		}
	}
	return false;
}

void merge_leave(struct merge *m, u32 cpu)
{
	u64 left = m->cpu[cpu].held & m->away;

	m->away &= ~left;
	for (; left; left &= left - 1)
		merge_wake(m, (u32)__builtin_ctzll(left));
}

void merge_look_again(struct merge *m)
{
	m->fresh |= m->dry;
	m->dry = 0;
	m->retry = m->blocked;
}

void merge_retry(struct merge *m)
{
	u32 lk = (u32)__builtin_ctzll(m->retry);

	m->retry &= m->retry - 1;
	m->blocked &= ~(1ull << lk);
	if (!must_wait(m, lk))
		turns_wake_again(&m->turns, lk, merge_rank(&m->lock[lk]));
}
