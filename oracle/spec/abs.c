// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/abs.h"

static void read_object(struct abs *s, lk_t lk)
{
	s->unheld |= (1ull << lk) & ~s->held;
}

struct page abs_page(struct abs *s, u64 pfn)
{
	read_object(s, S2PAGE_ID);
	return world_page(s->w, pfn);
}

struct maplet abs_npt(struct abs *s, vmid_t vmid, u64 gfn)
{
	read_object(s, NPT_ID + vmid);
	return world_npt(s->w, vmid, gfn);
}

struct maplet abs_spt(struct abs *s, u32 bank, u64 gfn)
{
	read_object(s, SPT_ID);
	return world_spt(s->w, bank, gfn);
}

struct range {
	u64 first, end, n;
};

static void count_mapped(void *arg, u64 gfn, u32 n, struct maplet m)
{
	struct range *r = arg;

	(void)m;
	if (gfn >= r->first && gfn < r->end)
		r->n += n;
}

u64 abs_spt_mapped(struct abs *s, u32 bank, u64 first, u64 end)
{
	struct range r = { first, end, 0 };

	read_object(s, SPT_ID);
	world_each_spt_leaf(s->w, bank, count_mapped, &r);
	return r.n;
}

u64 abs_entry(struct abs *s, lk_t lk, u32 field, u64 at)
{
	read_object(s, lk);
	return world_value(s->w, lk, field, at);
}

u64 abs_vm(struct abs *s, vmid_t vmid, u32 field, u64 i)
{
	read_object(s, INFO_ID + vmid);
	return world_value(s->w, INFO_ID + vmid, field, i);
}

u64 abs_bank(struct abs *s, u32 bank)
{
	read_object(s, SMMU_ID);
	return world_value(s->w, SMMU_ID, F_SMMU_smmu_vmid, bank);
}

u64 abs_core(struct abs *s, u32 field)
{
	read_object(s, CORE_ID);
	return world_value(s->w, CORE_ID, field, 0);
}

const struct op_nested *abs_nested(const struct abs *s, u32 k)
{
	return k < s->n_nested ? &s->nested[k] : NULL;
}

const struct took *abs_took(const struct abs *s, u32 stream, u32 vmid, u64 n)
{
	for (u32 i = 0; i < s->n_took; i++) {
		const struct took *t = &s->took[i];

		if (t->stream == stream && t->vmid == vmid && t->n == n)
			return t;
	}
	return NULL;
}
