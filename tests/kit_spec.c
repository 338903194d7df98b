// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_spec.h"

#include "sim/machine/boot.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>

static const u64 all_locks = (1ull << ID_END) - 1;
static bool seen[SPEC_BRANCH_NR];

void kit_spec_new(struct kit_spec *k)
{
	*k = (struct kit_spec){ .w = kit_world() };
	machine_boot_fixed(&k->fixed, BOOT_PAGES_MIN);
	errata_defaults(&k->errata);
	k->abs = (struct abs){ .w = k->w,
		               .fixed = &k->fixed,
		               .errata = &k->errata,
		               .total_cpu = TOTAL_CPU,
		               .regs = &k->regs,
		               .saved = &k->saved,
		               .held = all_locks };
}

void kit_spec_free(struct kit_spec *k)
{
	world_free(k->w);
}

void kit_spec_side(struct kit_spec *k, enum erratum erratum, bool published)
{
	errata_set(&k->errata, erratum, published);
}

void kit_spec_set(struct kit_spec *k, lk_t lk, u32 field, u64 index, u64 value)
{
	struct diff d = { .field = (u16)field,
		          .both = true,
		          .first = index,
		          .last = index,
		          .old = world_value(k->w, lk, field, index),
		          .new = value };

	kit_push(k->w, lk, &d, 1);
}

/* Frames 0x200..0x3ff have records 0..511, 0x40000..0x401ff those behind. */
void kit_spec_page(struct kit_spec *k, u64 pfn, u64 owner, u64 count, u64 gfn)
{
	u64 i = pfn < 0x400 ? pfn - 0x200 : pfn - 0x40000 + 512;

	kit_spec_set(k, S2PAGE_ID, F_S2PAGE_s2_owner, i, owner);
	kit_spec_set(k, S2PAGE_ID, F_S2PAGE_s2_count, i, count);
	kit_spec_set(k, S2PAGE_ID, F_S2PAGE_s2_gfn, i, gfn);
}

void kit_spec_state(struct kit_spec *k, vmid_t vmid, u64 state)
{
	kit_spec_set(k, INFO_ID + vmid, F_INFO_vm_state, 0, state);
}

/* The table that the entry at @at names; a new one when it names none. */
static u64 table_at(struct kit_spec *k, lk_t lk, u32 field, u64 at, u32 next)
{
	u64 page = phys_page(world_value(k->w, lk, field, at));

	if (page)
		return page;
	page = world_value(k->w, lk, next, 0);
	kit_spec_set(k, lk, next, 0, page + PAGE_SIZE);
	kit_spec_set(k, lk, field, at, page | 3);
	return page;
}

void kit_spec_map(struct kit_spec *k, vmid_t vmid, u64 gfn, u32 level, u64 pte)
{
	u64 a = gfn * PAGE_SIZE, at = pool_start(vmid) | pgd_index(a) * 8;
	lk_t lk = NPT_ID + vmid;

	at = table_at(k, lk, F_NPT_pt_vttbr_pool, at, F_NPT_pt_pgd_next) | pud_index(a) * 8;
	at = table_at(k, lk, F_NPT_pt_pgd_pool, at, F_NPT_pt_pud_next) | pmd_index(a) * 8;
	if (level == 2) {
		kit_spec_set(k, lk, F_NPT_pt_pud_pool, at, pte);
		return;
	}
	at = table_at(k, lk, F_NPT_pt_pud_pool, at, F_NPT_pt_pmd_next) | pte_index(a) * 8;
	kit_spec_set(k, lk, F_NPT_pt_pmd_pool, at, pte);
}

void kit_spec_spt(struct kit_spec *k, u32 index, u32 cbndx, u64 gfn, u64 pte)
{
	u64 a = gfn * PAGE_SIZE, at = SMMU_TTBR(index, cbndx) | stage2_pgd_index(a) * 8;

	at = table_at(k, SPT_ID, F_SPT_spt_vttbr_pool, at, F_SPT_spt_pgd_next) | pmd_index(a) * 8;
	at = table_at(k, SPT_ID, F_SPT_spt_pgd_pool, at, F_SPT_spt_pmd_next) | pte_index(a) * 8;
	kit_spec_set(k, SPT_ID, F_SPT_spt_pmd_pool, at, pte);
}

struct out {
	char text[4096];
	size_t at;
};

static void PRINTF(2, 3) put(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	o->at += (size_t)vsnprintf(o->text + o->at, sizeof(o->text) - o->at, fmt, ap);
	va_end(ap);
	assert_true(o->at < sizeof(o->text));
}

static void put_objects(struct out *o, u64 objects)
{
	char name[16];
	bool first = true;

	if (!objects)
		put(o, "-");
	for (lk_t lk = 0; lk < ID_END; lk++) {
		if (!(objects >> lk & 1))
			continue;
		put(o, "%s%s", first ? "" : " ", obj_name(lk, name, sizeof(name)));
		first = false;
	}
}

static void put_value(struct out *o, struct value v)
{
	if (v.take)
		put(o, "OUT");
	else
		put(o, "%llx", (unsigned long long)v.v);
	if (v.take && v.mask != ~0ull)
		put(o, "&%llx", (unsigned long long)v.mask);
}

static void put_changes(struct out *o, const struct effect *e)
{
	char text[256];

	for (u32 i = 0; i < e->n_changes; i++) {
		const struct want *w = &e->change[i];
		char *to = strrchr(kit_change(&w->c, text, sizeof(text)), '>');

		put(o, "; ");
		if (w->value.take)
			*to = '\0';
		put(o, "%s", text);
		if (w->value.take)
			put(o, ">OUT");
		if (w->c.n > 1)
			put(o, " (%x)", w->changes);
	}
}

static void put_rest(struct out *o, const struct effect *e)
{
	if (e->flat) {
		put(o, "; flat %llx=", (unsigned long long)e->flat_pfn);
		put_value(o, e->flat_value);
	}
	for (u32 i = 0; i < e->n_takes; i++) {
		const struct take *t = &e->take[i];

		put(o, "; take %s %u", mark_word(NULL, MARG_STREAM, t->stream, NULL, 0), t->vmid);
		if (t->key != INVALID64)
			put(o, " #%llx", (unsigned long long)t->key);
		if (t->count == TAKE_ANY)
			put(o, " any");
	}
	for (u32 i = 0; i < e->n_regs; i++) {
		const struct want_reg *r = &e->reg[i];

		put(o, "; reg ");
		if (r->saved)
			put(o, "%u.%u ", r->vmid, r->vcpuid);
		if (r->any) {
			put(o, "any");
			continue;
		}
		put(o, "%s=", reg_name(r->reg));
		put_value(o, r->value);
	}
	if (e->device)
		put(o, "; device %llx=%llx/%llu", (unsigned long long)e->write.address,
		    (unsigned long long)e->write.value, (unsigned long long)e->write.bytes);
}

static void print(struct out *o, enum hyp_op op, const struct effect *e, u64 reads)
{
	size_t start;

	put_objects(o, reads);
	put(o, ":");
	start = o->at;
	if (e->stuck) {
		put(o, "; stuck");
	} else if (e->halts) {
		put(o, "; halts, keeps ");
		put_objects(o, e->keeps);
	}
	put_changes(o, e);
	put_rest(o, e);
	if (e->n_nested || e->nested_wrong)
		put(o, "; inside %u", e->n_nested);
	if (e->nested_wrong)
		put(o, " not %s", op_function(e->nested_want.op));
	if (!e->halts && !e->stuck && !e->nested_wrong && *op_result(op))
		put(o, "; gives %llx", (unsigned long long)e->result);
	if (o->at == start)
		put(o, "; nothing");
	/* ";" of the first */
	memmove(o->text + start, o->text + start + 1, strlen(o->text + start));
}

void kit_expect_effect(struct kit_spec *k, enum hyp_op op, const u64 *arg, const char *want)
{
	struct out o = { .at = 0 };
	char call[160];
	u64 reads;

	k->abs.held = 0;
	spec_step(op, &k->abs, arg, &k->effect);
	reads = k->abs.unheld;
	k->abs.held = reads;
	spec_step(op, &k->abs, arg, &k->effect);
	assert_true(abs_is_stable(&k->abs));
	if (!k->effect.stuck)
		seen[k->effect.branch] = true;
	print(&o, op, &k->effect, reads);
	if (strcmp(o.text, want) != 0)
		fail_msg("%s\n%s\nexpected\n%s", op_print(op, SPEC_ARGS, arg, call, sizeof(call)),
		         o.text, want);
}

void kit_expect_branches(const enum hyp_op *op, u32 n)
{
	for (u32 i = 0; i < n; i++)
		for (u32 b = 0; b < SPEC_BRANCH_NR; b++)
			if (spec_branch_op(b) == op[i] && !seen[b])
				fail_msg("%s: no test goes %s", op_function(op[i]),
				         spec_branch_name(b));
}
