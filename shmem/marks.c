// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/marks.h"

#include "cpu/say.h"
#include "sim/base/check.h"
#include "sim/log/mark_arg.h"

static u64 from_where(const struct access_said *a)
{
	if (!a->buffered)
		return a->asked ? MV_FROM_WALK : MV_FROM_NONE;
	if (a->stale)
		return MV_FROM_STALE;
	return a->untold ? MV_FROM_UNTOLD : MV_FROM_BUFFER;
}

void mark_access(struct cpu *c, const struct access_said *a)
{
	u64 args[ACCESS_MAX_ARGS] = { a->how, from_where(a), a->level, a->pfn, a->value };
	u32 n = 5;

	if (!says(c))
		return;
	SIM_ASSERT(5 + 3 * a->n_seen <= ACCESS_MAX_ARGS);
	for (u32 i = 0; i < a->n_seen; i++) {
		args[n++] = a->seen[i].lk;
		args[n++] = a->seen[i].before;
		args[n++] = a->seen[i].after - a->seen[i].before;
	}
	log_access(c->log, a->number, n, args);
}

void mark_fill(struct cpu *c, u32 space, u64 gfn, u64 pfn, const struct seen *seen)
{
	const u64 args[] = { space, gfn, pfn, seen->lk, seen->before, seen->after - seen->before };

	if (says(c))
		log_mark(c->log, MARK_FILL, ARRAY_SIZE(args), args);
}

void mark_tlbi(struct cpu *c, u32 space, u64 first, u64 n, u32 n_diffs)
{
	const u64 args[] = { space, first, n, n_diffs };

	if (says(c))
		log_mark(c->log, MARK_TLBI, ARRAY_SIZE(args), args);
}

void mark_tlbwait(struct cpu *c)
{
	if (says(c))
		log_mark(c->log, MARK_TLBWAIT, 0, NULL);
}
