// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_naive.h"

#include "oracle/data.h"
#include "tests/kit.h"

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

static void apply(struct naive *n, lk_t lk, const struct diff *d)
{
	u64 index, value;

	if (d->oracle)
		obj_apply_oracle(&n->obj[lk], d, &n->data);
	else
		assert_int_equal(obj_apply(&n->obj[lk], d, &index, &value), 0);
}

static int leaf_order(const struct leaf *a, const struct leaf *b)
{
	if (a->who != b->who)
		return a->who < b->who ? -1 : 1;
	return a->gfn < b->gfn ? -1 : a->gfn > b->gfn;
}

static void want_leaf(struct naive *n, lk_t lk, const struct leaf *was, const struct leaf *is)
{
	struct change c = { .kind = lk == SPT_ID ? CH_SPT_LEAF : CH_LEAF,
		            .lk = (u8)lk,
		            .who = was ? was->who : is->who,
		            .n = 1,
		            .at = was ? was->gfn : is->gfn };

	c.before.map = was ? was->m : (struct maplet){ 0 };
	c.after.map = is ? is->m : (struct maplet){ 0 };
	n->gone += !is;
	n->mapped += !was;
	if (!maplet_equal(c.before.map, c.after.map))
		vec_push(&n->want, c);
}

static void want_leaves(struct naive *n, lk_t lk)
{
	const struct leaf *was = n->before.v.v, *is = n->leaves[lk].v.v;
	u32 i = 0, k = 0;

	while (i < n->before.v.n || k < n->leaves[lk].v.n) {
		int order = i == n->before.v.n       ? 1
		            : k == n->leaves[lk].v.n ? -1
		                                     : leaf_order(&was[i], &is[k]);

		want_leaf(n, lk, order <= 0 ? &was[i] : NULL, order >= 0 ? &is[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

/* One change of a cell, as it is before the push; what it is behind comes later. */
static void want_cell(struct naive *n, lk_t lk, u32 field, u64 at)
{
	struct change c = { .lk = (u8)lk, .field = (u16)field, .n = 1, .at = at };
	bool spt = lk == SPT_ID, npt = naive_is_table(lk) && !spt;

	c.who = (u16)(npt ? lk - NPT_ID : lk >= INFO_ID ? lk - INFO_ID : 0);
	c.kind = lk == CORE_ID ? CH_CORE : lk == SMMU_ID ? CH_BANK : CH_VM;
	if (npt || spt)
		c.kind = field >= (spt ? 3u : 4u) ? CH_CURSOR : CH_LINK;
	if (c.kind == CH_LINK && field == (spt ? 2u : 3u))
		return;
	if (lk == SMMU_ID)
		c.who = (u16)at;
	c.before.v = obj_get(&n->obj[lk], field, at);
	if (lk == S2PAGE_ID && naive_frame(&n->config->fixed, at) == INVALID64) {
		c.kind = CH_RECORD;
	} else if (lk == S2PAGE_ID) {
		c.kind = CH_PAGE;
		c.field = 0;
		c.at = naive_frame(&n->config->fixed, at);
		c.before.page = naive_record(&n->obj[S2PAGE_ID], at);
		c.n = (u32)at; /* for now */
	}
	for (u32 i = 0; i < n->want.n; i++)
		if (n->want.v[i].kind == c.kind && n->want.v[i].at == c.at &&
		    n->want.v[i].field == c.field)
			return;
	vec_push(&n->want, c);
}

bool naive_page_equal(struct page a, struct page b)
{
	return a.owner == b.owner && a.count == b.count && a.gfn == b.gfn;
}

static void finish_cells(struct naive *n, lk_t lk)
{
	u32 kept = 0;

	for (u32 i = 0; i < n->want.n; i++) {
		struct change *c = &n->want.v[i];
		bool same;

		if (c->kind == CH_PAGE) {
			c->after.page = naive_record(&n->obj[S2PAGE_ID], c->n);
			c->n = 1;
			same = naive_page_equal(c->before.page, c->after.page);
		} else {
			c->after.v = obj_get(&n->obj[lk], c->field, c->at);
			same = c->before.v == c->after.v;
		}
		if (c->kind == CH_LINK && lk != SPT_ID && c->field == F_NPT_pt_pud_pool)
			same |= (c->before.v & 3) != 3 && (c->after.v & 3) != 3;
		if (!same)
			n->want.v[kept++] = *c;
	}
	n->want.n = kept;
}

/* What the cells of its differences were, before they change. */
static void want_before(struct naive *n, lk_t lk, const struct diff *d, u32 n_diffs)
{
	n->want.n = 0;
	for (u32 i = 0; i < n_diffs; i++, d++) {
		u32 scale = obj_field(obj_kind_of(lk), d->field)->scale;

		for (u64 at = d->first; lk != FLATMEM_ID && at <= d->last; at += scale)
			want_cell(n, lk, d->field, at);
	}
}

static void push_flat(struct naive *n, const struct diff *d)
{
	struct change c = { .kind = CH_FLAT, .n = (u32)(d->last - d->first + 1), .at = d->first };

	c.before.v = obj_get(&n->obj[FLATMEM_ID], 0, d->first);
	apply(n, FLATMEM_ID, d);
	c.after.v = obj_get(&n->obj[FLATMEM_ID], 0, d->first);
	vec_push(&n->want, c);
}

static void keep_leaves(struct naive *n, lk_t lk)
{
	n->before.v.n = 0;
	for (u32 i = 0; naive_is_table(lk) && i < n->leaves[lk].v.n; i++)
		vec_push(&n->before.v, n->leaves[lk].v.v[i]);
}

void naive_push(struct naive *n, lk_t lk, const struct diff *d, u32 n_diffs)
{
	keep_leaves(n, lk);
	want_before(n, lk, d, n_diffs);
	for (u32 i = 0; i < n_diffs; i++) {
		if (lk == FLATMEM_ID)
			push_flat(n, &d[i]);
		else
			apply(n, lk, &d[i]);
	}
	if (lk != FLATMEM_ID)
		finish_cells(n, lk);
	if (naive_is_table(lk)) {
		naive_read(&n->obj[lk], &n->leaves[lk]);
		want_leaves(n, lk);
	}
}

void naive_init(struct naive *n, const struct log_config *config)
{
	struct err err;

	*n = (struct naive){ .config = config, .data = log_config_oracle(config, doracle) };
	for (lk_t lk = 0; lk < ID_END; lk++)
		assert_int_equal(obj_init(&n->obj[lk], lk, &err), 0);
}

void naive_begin(struct naive *n)
{
	for (lk_t lk = 0; lk < ID_END; lk++)
		obj_reset(&n->obj[lk]);
	for (u32 i = 0; i < n->config->n_init; i++)
		init_row_apply(&n->config->init[i], &n->obj[n->config->init[i].obj]);
	for (lk_t lk = 0; lk < ID_END; lk++)
		if (naive_is_table(lk))
			naive_read(&n->obj[lk], &n->leaves[lk]);
}

void naive_drop(struct naive *n)
{
	vec_free(&n->want);
	vec_free(&n->before.v);
	for (lk_t lk = 0; lk < ID_END; lk++) {
		vec_free(&n->leaves[lk].v);
		obj_destroy(&n->obj[lk]);
	}
}
