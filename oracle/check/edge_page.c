// SPDX-License-Identifier: GPL-2.0-only
/* The ways that page records may go.  [spec S17, X5, X8, X12] */
#include "oracle/check/check_if.h"
#include "oracle/check/known.h"
#include "sim/base/addr.h"

#include <inttypes.h>

enum { FLATS = 8 }; /* changes of flat memory of a CPU that are kept: more than a section has */

/* A change of flat memory: frames, what they hold, and its index among all events.  @n is 0: they held it before. */
struct flat {
	u64 first, n, value, at;
};

/**
 * struct edge_page
 * @n: [cpu] changes of flat memory
 */
struct edge_page {
	u64 n[MAX_CPU];
	struct flat flat[MAX_CPU][FLATS];
};

static void tell(struct judge *j, enum check_row row, u64 pfn, const struct change *c)
{
	struct facts f;

	facts_init(&f);
	facts_page_was(&f, j->world, pfn, c->before.page, c->after.page);
	facts_page_behind(&f, pfn, c->after.page);
	found_facts(j, row, j->at, &f);
}

/* Records that no region has: what set_s2_page_*() do for such a frame is nothing. */
static void unmanaged(struct judge *j, const struct change *c)
{
	if (!check_on(j, CHK_UNMANAGED) || !trusts(j, CHK_UNMANAGED, 1ull << S2PAGE_ID))
		return;
	evaluated(j, CHK_UNMANAGED);
	if (c->kind == CH_RECORD)
		found_of(&j->findings, ROW_UNMANAGED, j->at,
		         FACTS(fact_n("record", c->at),
		               fact_at(fact_was(fact_hex(obj_field(OBJ_S2PAGE, c->field)->name,
		                                         c->after.v),
		                                c->before.v),
		                       S2PAGE_ID, c->field, c->at)),
		         "%s of record %" PRIu64 " goes from 0x%" PRIx64 " to 0x%" PRIx64,
		         obj_field(OBJ_S2PAGE, c->field)->name, c->at, c->before.v, c->after.v);
}

/* S17 */
static void core_pages(struct judge *j, const struct change *c)
{
	u64 was = c->before.page.owner, is = c->after.page.owner;

	if (!check_on(j, CHK_CORE_PAGES) || was == is ||
	    !trusts(j, CHK_CORE_PAGES, 1ull << S2PAGE_ID))
		return;
	evaluated(j, CHK_CORE_PAGES);
	if (was == COREVISOR || is == COREVISOR)
		tell(j, ROW_CORE_PAGES, c->at, c);
}

/* X12  From the host to a VM, and from a VM that is off to the host. */
static void owners(struct judge *j, const struct change *c)
{
	u64 was = c->before.page.owner, is = c->after.page.owner, locks = 1ull << S2PAGE_ID;
	enum check_row row = CHECK_ROW_NR;

	if (!check_on(j, CHK_OWNERS) || was == is)
		return;
	if (is_vm(was) && is == HOSTVISOR)
		locks |= 1ull << (INFO_ID + was);
	if (!trusts(j, CHK_OWNERS, locks))
		return;
	evaluated(j, CHK_OWNERS);
	if (is_vm(was) && is == HOSTVISOR) {
		if (world_value(j->world, INFO_ID + (lk_t)was, F_INFO_vm_state, 0) != POWEROFF)
			row = ROW_OWNERS_ON;
	} else if (was != HOSTVISOR || !is_vm(is)) {
		row = ROW_OWNERS_WAY;
	}
	if (row != CHECK_ROW_NR)
		tell(j, row, c->at, c);
}

/* X8  INVALID is the count of a page that smmu_assign_page gives to a VM, and of no other. */
static void counts(struct judge *j, const struct section *s, const struct change *c)
{
	bool assigned = s->op && s->op->op == OP_smmu_assign_page;

	if (!check_on(j, CHK_COUNTS) || c->after.page.count != INVALID ||
	    c->before.page.count == INVALID || !trusts(j, CHK_COUNTS, 1ull << S2PAGE_ID))
		return;
	evaluated(j, CHK_COUNTS);
	if (c->before.page.owner != HOSTVISOR || !is_vm(c->after.page.owner) ||
	    (s->op && !assigned))
		tell(j, ROW_COUNTS_INVALID, c->at, c);
}

static void keep_flat(struct judge *j, struct edge_page *p, const struct section *s, struct flat f)
{
	u64 *n = &p->n[s->cpu];
	struct flat *to = &p->flat[s->cpu][*n % FLATS];

	KEEP(j, *n);
	KEEP(j, *to);
	*to = f;
	(*n)++;
}

/* X5  A page that a VM gives back was cleared in the section that gives it back. */
static void scrubbed(struct judge *j, const struct edge_page *p, const struct section *s,
                     const struct change *c)
{
	bool silent = false;

	if (!check_on(j, CHK_SCRUB) || !is_vm(c->before.page.owner) ||
	    c->after.page.owner != HOSTVISOR ||
	    !trusts(j, CHK_SCRUB, 1ull << S2PAGE_ID | 1ull << FLATMEM_ID))
		return;
	evaluated(j, CHK_SCRUB);
	for (u32 i = 0; i < FLATS && i < p->n[s->cpu]; i++) {
		const struct flat *f = &p->flat[s->cpu][i];

		if (f->at <= s->pull_at)
			continue;
		if (c->at - f->first < f->n && f->value == 0)
			return;
		silent |= f->n == 0;
	}
	if (world_value(j->world, FLATMEM_ID, F_FLATMEM_flatmem, c->at) == 0)
		return;
	/* The section cleared something that was 0: this, and the host has stored into it since, or another frame. */
	if (silent)
		not_judged(j, CHK_SCRUB, UNJUDGED_RACED);
	else
		tell(j, ROW_SCRUB, c->at, c);
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	if (c->kind == CH_FLAT) {
		keep_flat(
			j, own, s,
			(struct flat){
				.first = c->at, .n = c->n, .value = c->after.v, .at = s->push_at });
		return;
	}
	unmanaged(j, c);
	if (c->kind != CH_PAGE)
		return;
	core_pages(j, c);
	owners(j, c);
	counts(j, s, c);
	scrubbed(j, own, s, c);
}

/* A change of flat memory that leaves all as it was. */
static void section(struct judge *j, void *own, const struct section *s)
{
	if (s->n == 0)
		keep_flat(j, own, s, (struct flat){ .at = s->push_at });
}

static const enum check_id also[] = { CHK_CORE_PAGES, CHK_OWNERS, CHK_COUNTS, CHK_SCRUB };

const struct state_check check_pages = {
	.id = CHK_UNMANAGED,
	.n_also = ARRAY_SIZE(also),
	.also = also,
	.changes = 1 << CH_RECORD | 1 << CH_PAGE | 1 << CH_FLAT,
	.bytes = sizeof(struct edge_page),
	.change = change,
	.objects = 1 << OBJ_FLATMEM,
	.section = section,
};
