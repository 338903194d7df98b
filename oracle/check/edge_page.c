// SPDX-License-Identifier: GPL-2.0-only
/* The ways that page records may go. */
#include "oracle/check/check_if.h"
#include "oracle/check/facts.h"

/* What set_s2_page_*() do for a frame that no region has is nothing. */
static void record(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	(void)own;
	(void)s;
	if (!world_trusts(j->world, 1ull << S2PAGE_ID)) {
		not_judged(j, CHK_UNMANAGED, UNJUDGED_DOUBT);
		return;
	}
	evaluated(j, CHK_UNMANAGED);
	if (c->kind == CH_RECORD)
		found(&j->findings, ROW_UNMANAGED, j->at,
		      "%s of record %llu goes from 0x%llx to 0x%llx",
		      obj_field(OBJ_S2PAGE, c->field)->name, (unsigned long long)c->at,
		      (unsigned long long)c->before.v, (unsigned long long)c->after.v);
}

const struct state_check check_unmanaged = { .id = CHK_UNMANAGED,
	                                     .changes = 1 << CH_RECORD | 1 << CH_PAGE,
	                                     .change = record };
