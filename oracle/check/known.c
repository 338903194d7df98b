// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/known.h"

#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 1 << 13, ATTRS_BIT = 16 /* of a frame's number: PTE_AF_OR_SH_IS as published */ };

static const struct {
	enum erratum erratum;
	const char *number;
} known[KNOWN_NR] = {
#define KNOWN(id, e, of, n, spoilt, clean) [KNOWN_##id] = { ERRATUM_##e, n },
#include "oracle/check/known.def"
};

/* Which check each of them excuses. */
static const struct {
	enum known_id by;
	enum check_id check;
} excuses[] = {
#define EXCUSES(id, check) { KNOWN_##id, CHK_##check },
#include "oracle/check/known.def"
};

/* A page that is, or was, spoilt: by @by, bits. */
struct spoilt_page {
	u64 pfn;
	u32 by, used;
};

/**
 * struct spoilt
 * @n_pages: places of @page that are used; half of all at most, beyond that nothing is marked
 */
struct spoilt {
	u64 n_pages;
	u64 bank[EL2_SMMU_CFG_SIZE], vm[N_VMID];
	struct spoilt_page page[PAGES];
};

struct spoilt *spoilt_new(void)
{
	return xcalloc(1, sizeof(struct spoilt));
}

void spoilt_free(struct spoilt *s)
{
	free(s);
}

static void spoilt_reset(struct spoilt *s)
{
	if (s->n_pages)
		memset(s->page, 0, sizeof(s->page));
	s->n_pages = 0;
	memset(s->bank, 0, sizeof(s->bank));
	memset(s->vm, 0, sizeof(s->vm));
}

/* The page's place, or a free one. */
static struct spoilt_page *place_of(struct spoilt *s, u64 pfn)
{
	u64 at = mix64(pfn) % PAGES;

	while (s->page[at].used && s->page[at].pfn != pfn)
		at = (at + 1) % PAGES;
	return &s->page[at];
}

/* Does the CPU that does this follow the slip? */
static bool by_side(const struct judge *j, enum known_id id)
{
	return judge_published(j, j->at->cpu, known[id].erratum);
}

/* Only what the slip itself does spoils something. */
static void mark_page(struct judge *j, u64 pfn, enum known_id by, bool spoilt)
{
	struct spoilt *s = j->spoilt;
	struct spoilt_page *p = place_of(s, pfn);
	u32 bit = 1u << by;

	if ((spoilt && !by_side(j, by)) || !(p->by & bit) != spoilt ||
	    (!p->used && s->n_pages == PAGES / 2))
		return;
	KEEP(j, *p);
	KEEP(j, s->n_pages);
	s->n_pages += !p->used;
	*p = (struct spoilt_page){ .pfn = pfn, .by = p->by ^ bit, .used = true };
}

static void mark(struct judge *j, u64 *word, enum known_id by, bool spoilt)
{
	KEEP(j, *word);
	spoilt = spoilt && by_side(j, by);
	*word = spoilt ? *word | 1ull << by : *word & ~(1ull << by);
}

static void any_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	(void)gfn;
	(void)n;
	(void)m;
	*(bool *)arg = true;
}

/* The page's entry of the host has come, or gone. */
static void host_leaf(struct judge *j, const struct change *c)
{
	for (u32 i = 0; i < c->n; i++) {
		struct maplet was = change_maplet(c->before.map, i);
		struct maplet is = change_maplet(c->after.map, i);
		struct page p = world_page(j->world, is.pfn);

		if (was.pfn && was.pfn != is.pfn)
			mark_page(j, was.pfn, KNOWN_COUNT_INVALID, false);
		if (is.pfn && is_vm(p.owner) && p.count == INVALID)
			mark_page(j, is.pfn, KNOWN_COUNT_INVALID, true);
	}
}

static void bank_leaf(struct judge *j, const struct change *c)
{
	u64 owner = world_value(j->world, SMMU_ID, F_SMMU_smmu_vmid, c->who);

	for (u32 i = 0; i < c->n; i++) {
		struct maplet m = change_maplet(c->after.map, i);
		struct page meant = world_page(j->world, m.pfn ^ ATTRS_BIT);

		if ((m.pfn & ATTRS_BIT) && meant.owner == owner && meant.gfn == c->at + i)
			mark_page(j, m.pfn, KNOWN_PTE_ATTRS, true);
	}
}

/* Is the section one of this operation? */
static bool is_in(const struct section *s, enum hyp_op op)
{
	return s->op && s->op->op == (u32)op;
}

static void record(struct judge *j, const struct section *s, const struct change *c)
{
	const struct page *was = &c->before.page, *is = &c->after.page;
	bool goes = was->owner == HOSTVISOR && is_vm(is->owner);
	bool less = is->owner == HOSTVISOR && was->owner == HOSTVISOR && is->count < was->count;

	if (goes && was->count > 0 && is_in(s, OP_load_decrypt_buf))
		mark_page(j, c->at, KNOWN_DECRYPT_COUNT, true);
	else if (is->owner == HOSTVISOR && was->owner != HOSTVISOR)
		mark_page(j, c->at, KNOWN_DECRYPT_COUNT, false);
	if (was->count == INVALID && is->count == INVALID - 1 && is_in(s, OP_revoke_vm_page))
		mark_page(j, c->at, KNOWN_COUNT_DOWN, true);
	else if (is->owner == HOSTVISOR || is->count == INVALID || is->count <= MAX_SHARE_COUNT)
		mark_page(j, c->at, KNOWN_COUNT_DOWN, false);
	if (less && is_in(s, OP_el2_arm_lpae_clear)) {
		u64 bank = smmu_id((u32)s->op->arg[2], (u32)s->op->arg[1]);

		if (world_value(j->world, SMMU_ID, F_SMMU_smmu_vmid, bank) != HOSTVISOR)
			mark_page(j, c->at, KNOWN_CLEAR_OFF, true);
	}
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	bool any = false;

	(void)own;
	if (c->kind == CH_LEAF && c->who == HOSTVISOR) {
		host_leaf(j, c);
	} else if (c->kind == CH_SPT_LEAF) {
		bank_leaf(j, c);
	} else if (c->kind == CH_PAGE) {
		record(j, s, c);
	} else if (c->kind == CH_BANK && c->at < EL2_SMMU_CFG_SIZE) {
		world_each_spt_leaf(j->world, (u32)c->at, any_leaf, &any);
		mark(j, &j->spoilt->bank[c->at], KNOWN_PT_CLEAR, any && c->after.v != INVALID);
	} else if (c->kind == CH_VM && c->field == F_INFO_vm_next_load_info &&
	           is_in(s, OP_load_encrypted_vcpu)) {
		mark(j, &j->spoilt->vm[c->who], KNOWN_INC_EXE, true);
	}
}

static void reset(void *own, const struct judge *j)
{
	(void)own;
	spoilt_reset(j->spoilt);
}

const struct state_check check_spoilt = {
	.id = CHK_NR,
	.always = true,
	.changes = 1 << CH_LEAF | 1 << CH_SPT_LEAF | 1 << CH_PAGE | 1 << CH_BANK | 1 << CH_VM,
	.reset = reset,
	.change = change,
};

/* Of the slips @by, those that the CPU of @e follows; at the end of an episode, that some CPU has followed in it. */
static u64 followed(const struct judge *j, const struct event *e, u64 by)
{
	const struct errata *sides = e ? &j->side[e->cpu] : &j->ever;

	for (u32 id = 0; by >> id && id < KNOWN_NR; id++)
		if (!errata_published(sides, known[id].erratum))
			by &= ~(1ull << id);
	return by;
}

/* What has spoilt what a finding is about, of those that excuse its check: KNOWN_NR: nothing. */
static enum known_id excuse_of(const struct judge *j, enum check_id id, const struct event *e,
                               const struct facts *f)
{
	u64 by = followed(j, e, f->by);

	if (f->pfn != INVALID64)
		by |= place_of(j->spoilt, f->pfn)->by;
	if (f->bank < EL2_SMMU_CFG_SIZE)
		by |= j->spoilt->bank[f->bank];
	for (u32 v = 0; v < N_VMID; v++)
		if (f->vms >> v & 1)
			by |= j->spoilt->vm[v];
	for (u32 i = 0; i < ARRAY_SIZE(excuses); i++)
		if (by >> excuses[i].by & 1 && excuses[i].check == id)
			return excuses[i].by;
	return KNOWN_NR;
}

/* Is one like it kept already? */
static bool is_kept(const struct findings *s, enum check_row row, enum erratum erratum)
{
	u32 first = s->n_found[FINDING_VIOLATION];

	for (u32 i = first; i < first + s->n_found[FINDING_KNOWN]; i++)
		if (s->found[i].erratum == erratum && s->found[i].row == check_row_name(row))
			return true;
	return false;
}

bool found_again(struct judge *j, enum check_row row, const struct event *e, const struct facts *f)
{
	enum known_id k = excuse_of(j, check_row_check(row), e, f);

	if (k == KNOWN_NR || j->findings.strict || !is_kept(&j->findings, row, known[k].erratum))
		return false;
	findings_count_known(&j->findings, row, known[k].erratum);
	return true;
}

void found_facts(struct judge *j, enum check_row row, const struct event *e, const struct facts *f)
{
	enum known_id k = excuse_of(j, check_row_check(row), e, f);
	struct finding out;

	if (k == KNOWN_NR && e) {
		found_of(&j->findings, row, e, f->fact, f->n, "%s", f->text);
		return;
	}
	if (k == KNOWN_NR) {
		found_at_end(&j->findings, row, FINDING_NO_LOCK, FINDING_NO_CPU, f->fact, f->n,
		             "%s", f->text);
		return;
	}
	if (!e || (!j->findings.strict && is_kept(&j->findings, row, known[k].erratum))) {
		findings_count_known(&j->findings, row, known[k].erratum);
		return;
	}
	finding_make(&j->findings, &out, row, e, "%s (%s%serratum %s, published)", f->text,
	             known[k].number, known[k].number[0] ? ", " : "",
	             erratum_name(known[k].erratum));
	finding_facts(&j->findings, &out, e, f->fact, f->n);
	out.class = FINDING_KNOWN;
	out.erratum = known[k].erratum;
	findings_keep(&j->findings, &out);
}
