// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_ready.h"

bool merge_look_may_come(struct merge *m, u32 lk)
{
	if (m->held >> lk & 1)
		return true;
	for (u64 left = m->open_end ? m->dry | m->fresh : 0; left; left &= left - 1) {
		const struct merge_cpu *p = &m->cpu[__builtin_ctzll(left)];

		if (p->waiting == lk || p->held >> lk & 1) {
			m->held |= 1ull << lk;
			return true;
		}
	}
	return false;
}

bool merge_somebody_ready(const struct merge *m, u32 lk)
{
	for (u64 left = m->ready; left; left &= left - 1)
		if (m->cpu[__builtin_ctzll(left)].dec.step.lk == lk)
			return true;
	return false;
}

void merge_leave(struct merge *m, u32 cpu)
{
	u64 left = m->cpu[cpu].held & m->away;

	m->away &= ~left;
	for (; left; left &= left - 1)
		wake(m, (u32)__builtin_ctzll(left));
}

void merge_look_again(struct merge *m)
{
	m->fresh |= m->dry;
	m->dry = 0;
	m->retry = m->held;
}

/* Take those out of the queue that are ready to look at lock @lk; returns them, a bit each. */
static u64 unqueue_looks(struct merge *m, u32 lk)
{
	u32 n = m->n_ready, kept = 0;
	u64 out = 0;

	for (u32 i = 0; i < n; i++) {
		u32 c = m->queue[(m->head + i) % MAX_CPU];
		const struct decode_step *s = &m->cpu[c].dec.step;

		if (s->lk == lk && !step_is_rmw(s))
			out |= 1ull << c;
		else
			m->queue[(m->head + kept++) % MAX_CPU] = (u8)c;
	}
	m->n_ready = kept;
	m->ready &= ~out;
	return out;
}

void merge_retry(struct merge *m)
{
	u32 lk = (u32)__builtin_ctzll(m->retry);
	u64 looks, steps = 0;

	m->retry &= m->retry - 1;
	m->held &= ~(1ull << lk);
	if (must_wait(m, lk))
		return;
	looks = unqueue_looks(m, lk);
	unpark(m, lk, &looks, &steps);
	push_all_ready(m, steps);
	while (looks) {
		u32 c = 63 - (u32)__builtin_clzll(looks);

		looks &= ~(1ull << c);
		push_ready_first(m, c);
	}
}
