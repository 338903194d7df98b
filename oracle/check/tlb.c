// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/tlb.h"

#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * struct tlb_checks
 * @buffered: accesses of running code through a translation buffer; @stale: of these, whose translation the table no longer
 *            had; @untold: of which this could not be told
 * @off:      the check has failed on this CPU in this episode, bit cpu: one finding is enough, known ones are counted
 */
struct tlb_checks {
	u64 buffered, untold, stale;
	u64 off;
};

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct tlb_checks));
}

static void reset(void *own, const struct judge *j)
{
	struct tlb_checks *s = own;

	(void)j;
	s->off = 0;
}

void tlb_access(struct tlb_checks *s, struct judge *j, const struct event *e)
{
	u64 from = e->args[1];
	struct finding f;

	if (from < MV_FROM_BUFFER)
		return;
	s->buffered++;
	s->untold += from == MV_FROM_UNTOLD;
	if (from != MV_FROM_STALE)
		return;
	s->stale++;
	if (!check_on(j, CHK_TLB))
		return;
	if (s->off >> e->cpu & 1) {
		if (j->tlb_as_is)
			findings_count_known(&j->findings, ROW_TLB_STALE, ERRATUM_TLB_INVALIDATE);
		return;
	}
	s->off |= 1ull << e->cpu;
	finding_make(&j->findings, &f, ROW_TLB_STALE, e,
	             "CPU %u reached frame 0x%llx, and the table has another%s", e->cpu,
	             (unsigned long long)e->args[3],
	             j->tlb_as_is ? " (erratum tlb-invalidate, published: nothing invalidates)"
	                          : "");
	f.class = j->tlb_as_is ? FINDING_KNOWN : FINDING_VIOLATION;
	f.erratum = ERRATUM_TLB_INVALIDATE;
	findings_keep(&j->findings, &f);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct tlb_checks *s = own;

	(void)j;
	(void)id;
	if (!s->buffered) {
		verdict_lacks(out, "log has no translation buffers");
		return;
	}
	out->n_untold = s->untold;
	snprintf(out->worst, sizeof(out->worst),
	         "%llu accesses through a buffer, %llu stale, %llu could not be told",
	         (unsigned long long)s->buffered, (unsigned long long)s->stale,
	         (unsigned long long)s->untold);
}

const struct family tlb_family = {
	.create = create, .free = free, .reset = reset, .verdict = verdict
};
