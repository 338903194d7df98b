// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_naive.h"

bool naive_is_table(lk_t lk)
{
	return lk == SPT_ID || (lk >= NPT_ID && lk < INFO_ID);
}

static u64 cell(const struct obj *o, u32 field, u64 at)
{
	return obj_index_ok(o->id, field, at) ? obj_get(o, field, at) : 0;
}

static u64 page_at(u64 entry)
{
	return entry & 0x0000fffffffff000ull;
}

static void found(struct leaves *l, u16 who, u64 gfn, u64 entry, u64 in_block, u8 level)
{
	u64 pfn = page_at(entry) ? page_at(entry) / 4096 + in_block : 0;

	if (entry)
		vec_push(&l->v, ((struct leaf){ who, gfn, { pfn, entry, pfn ? level : 0 } }));
}

/* The 512 gfns under an entry of the third level. */
static void read_pud(const struct obj *o, struct leaves *l, u64 gfn, u64 e2)
{
	u16 v = (u16)(o->id - NPT_ID);

	for (u64 i = 0; e2 && i < 512; i++) {
		if ((e2 & 3) != 3)
			found(l, v, gfn | i, e2, i, 2);
		else
			found(l, v, gfn | i, cell(o, F_NPT_pt_pmd_pool, page_at(e2) | i * 8), 0, 3);
	}
}

static void read_npt(const struct obj *o, struct leaves *l)
{
	u64 root = 65536 + 33554432ull * (o->id - NPT_ID);

	for (u64 a = 0; a < 512; a++) {
		u64 e0 = cell(o, F_NPT_pt_vttbr_pool, root | a * 8);

		for (u64 b = 0; e0 && b < 512; b++) {
			u64 e1 = cell(o, F_NPT_pt_pgd_pool, page_at(e0) | b * 8);

			for (u64 c = 0; e1 && c < 512; c++)
				read_pud(o, l, a << 27 | b << 18 | c << 9,
				         cell(o, F_NPT_pt_pud_pool, page_at(e1) | c * 8));
		}
	}
}

static void read_bank(const struct obj *o, struct leaves *l, u16 k)
{
	for (u64 r = 0; r < 1024; r++) {
		u64 e0 = cell(o, F_SPT_spt_vttbr_pool, (65536 + k * 8192ull) | r * 8);

		for (u64 m = 0; e0 && m < 512; m++) {
			u64 e1 = cell(o, F_SPT_spt_pgd_pool, page_at(e0) | m * 8);

			for (u64 i = 0; e1 && i < 512; i++)
				found(l, k, r << 18 | m << 9 | i,
				      cell(o, F_SPT_spt_pmd_pool, page_at(e1) | i * 8), 0, 3);
		}
	}
}

void naive_read(const struct obj *o, struct leaves *out)
{
	out->v.n = 0;
	if (o->kind == OBJ_NPT)
		read_npt(o, out);
	for (u16 k = 0; o->kind == OBJ_SPT && k < 16; k++)
		read_bank(o, out, k);
}

u64 naive_frame(const struct fixed *f, u64 index)
{
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];

		if (r->mb_index != INVALID64 && index >= r->mb_index &&
		    index < r->mb_index + r->mb_size / 4096)
			return r->mb_base / 4096 + (index - r->mb_index);
	}
	return INVALID64;
}

struct page naive_record(const struct obj *o, u64 index)
{
	return (struct page){ obj_get(o, F_S2PAGE_s2_owner, index),
		              obj_get(o, F_S2PAGE_s2_count, index),
		              obj_get(o, F_S2PAGE_s2_gfn, index) };
}
