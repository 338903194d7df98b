// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's table and the windows into which images of VMs are mapped.  [MemoryIsolation: remap_ptr, core_map, remap_addr,
 * core_remap, remap_no_overlap]  Keys: none; gfn; VM and image; VM, image and gfn; two VMs and images.
 */
#include "oracle/check/clause.h"

#include <inttypes.h>

static u64 ptr_of(const struct world *w)
{
	return world_value(w, CORE_ID, F_CORE_next_remap_ptr, 0);
}

/**
 * struct window - where image @i of a VM goes, in gfns of the core: [first, first + pages); of which @mapped are mapped
 */
struct window {
	u64 first, pages, mapped;
};

/* @i is below MAX_LOAD_INFO_NUM. */
static struct window window_of(const struct world *w, u64 vmid, u64 i)
{
	const struct obj *info = world_values(w, INFO_ID + (lk_t)vmid);

	return (struct window){ .first = obj_value(info, F_INFO_vm_remap_addr, i) / PAGE_SIZE,
		                .pages = (obj_value(info, F_INFO_vm_load_size, i) + PAGE_SIZE - 1) /
		                         PAGE_SIZE,
		                .mapped = obj_value(info, F_INFO_vm_mapped_pages, i) };
}

/* Images that the VM has. */
static u64 n_images(const struct world *w, u64 vmid)
{
	return min_u64(
		obj_value(world_values(w, INFO_ID + (lk_t)vmid), F_INFO_vm_next_load_info, 0),
		MAX_LOAD_INFO_NUM);
}

static bool is_image(const struct world *w, u64 vmid, u64 i)
{
	return i < n_images(w, vmid);
}

/* Is it a change of a field that windows come from?  [*first, *end) are the images. */
static bool changes_windows(const struct change *c, u64 *first, u64 *end)
{
	*first = 0;
	*end = MAX_LOAD_INFO_NUM;
	if (c->field == F_INFO_vm_next_load_info)
		return true;
	*first = c->at;
	*end = c->at + 1;
	return c->field == F_INFO_vm_load_size || c->field == F_INFO_vm_remap_addr ||
	       c->field == F_INFO_vm_mapped_pages;
}

static void facts_ptr(struct facts *f, const struct world *w)
{
	facts_value(f, fact_at(fact_hex("next_remap_ptr", ptr_of(w)), CORE_ID,
	                       F_CORE_next_remap_ptr, 0));
}

static void facts_window(struct facts *f, u64 vmid, u64 i, struct window x)
{
	lk_t lk = INFO_ID + (lk_t)vmid;

	f->vms |= 1u << vmid;
	facts_value(f, fact_n("vmid", vmid));
	facts_value(f, fact_n("image", i));
	facts_value(f, fact_at(fact_hex("first_gfn", x.first), lk, F_INFO_vm_remap_addr, i));
	facts_value(f, fact_at(fact_n("pages", x.pages), lk, F_INFO_vm_load_size, i));
	facts_value(f, fact_at(fact_n("mapped", x.mapped), lk, F_INFO_vm_mapped_pages, i));
	facts_add(f,
	          "%simage %" PRIu64 " of VM %" PRIu64 ": %" PRIu64 " pages from gfn 0x%" PRIx64
	          ", %" PRIu64 " mapped",
	          f->text[0] ? "; " : "", i, vmid, x.pages, x.first, x.mapped);
}

static u64 locks_core(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(CORE_ID);
}

/* S11 */
static enum clause_verdict remap_ptr(const struct judge *j, u64 key, struct facts *f)
{
	(void)key;
	if (ptr_of(j->world) > 0)
		return CLAUSE_HOLDS;
	facts_add(f, "next_remap_ptr is 0");
	facts_ptr(f, j->world);
	return CLAUSE_BROKEN;
}

static void ptr_touched(struct owed *o, const struct world *w, const struct change *c)
{
	(void)w;
	if (c->field == F_CORE_next_remap_ptr)
		owe(o, 0);
}

static void ptr_all(struct owed *o, const struct world *w)
{
	(void)w;
	owe(o, 0);
}

const struct clause clause_remap_ptr = {
	.id = CHK_REMAP_PTR,
	.row = ROW_REMAP_PTR,
	.changes = 1 << CH_CORE,
	.touched = ptr_touched,
	.locks = locks_core,
	.holds = remap_ptr,
	.all = ptr_all,
};

static u64 locks_core_map(const struct world *w, u64 key)
{
	(void)w;
	(void)key;
	return LOCK(CORE_ID) | LOCK(NPT_ID + COREVISOR);
}

/* S12  The core maps nothing from the remap pointer on. */
static enum clause_verdict core_map(const struct judge *j, u64 gfn, struct facts *f)
{
	struct maplet m = world_npt(j->world, COREVISOR, gfn);

	if (m.pfn == 0)
		return CLAUSE_VACUOUS;
	if (gfn < ptr_of(j->world) / PAGE_SIZE)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, COREVISOR, gfn, m);
	facts_ptr(f, j->world);
	facts_add(f, "; next_remap_ptr is 0x%" PRIx64, ptr_of(j->world));
	return CLAUSE_BROKEN;
}

static void owe_leaf(void *o, u64 gfn, u32 n, struct maplet m)
{
	(void)m;
	for (u32 i = 0; i < n; i++)
		owe(o, gfn + i);
}

static void core_map_all(struct owed *o, const struct world *w)
{
	world_each_leaf(w, COREVISOR, owe_leaf, o);
}

static void core_map_touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind == CH_LEAF && c->who == COREVISOR)
		owe_leaf(o, c->at, c->n, c->after.map);
	else if (c->kind == CH_CORE && c->field == F_CORE_next_remap_ptr) {
		if (c->after.v < c->before.v)
			core_map_all(o, w);
		owe_broken(o, NULL, 0);
	}
}

const struct clause clause_core_map = {
	.id = CHK_CORE_MAP,
	.row = ROW_CORE_MAP,
	.changes = 1 << CH_LEAF | 1 << CH_CORE,
	.touched = core_map_touched,
	.locks = locks_core_map,
	.holds = core_map,
	.all = core_map_all,
};

static u64 locks_remap_addr(const struct world *w, u64 key)
{
	(void)w;
	return LOCK(CORE_ID) | LOCK(INFO_ID + (lk_t)key_a(key));
}

/* S13  An image's window lies below the remap pointer, and no more of it is mapped than there is. */
static enum clause_verdict remap_addr(const struct judge *j, u64 key, struct facts *f)
{
	u64 vmid = key_a(key), i = key_c(key), end = ptr_of(j->world) / PAGE_SIZE;
	struct window x = window_of(j->world, vmid, i);

	if (!is_image(j->world, vmid, i))
		return CLAUSE_VACUOUS;
	if (x.mapped <= x.pages && x.first + x.pages <= end)
		return CLAUSE_HOLDS;
	facts_window(f, vmid, i, x);
	facts_add(f, "; next_remap_ptr is 0x%" PRIx64, ptr_of(j->world));
	facts_ptr(f, j->world);
	return CLAUSE_BROKEN;
}

static void remap_addr_all(struct owed *o, const struct world *w)
{
	for (u64 v = HOSTVISOR + 1; v < COREVISOR; v++)
		for (u64 i = 0; i < n_images(w, v); i++)
			owe(o, key3(v, 0, i));
}

static void remap_addr_touched(struct owed *o, const struct world *w, const struct change *c)
{
	u64 first, end;

	if (c->kind == CH_CORE) {
		if (c->field == F_CORE_next_remap_ptr && c->after.v < c->before.v)
			remap_addr_all(o, w);
		owe_broken(o, NULL, 0);
		return;
	}
	if (c->who == HOSTVISOR || c->who >= COREVISOR || !changes_windows(c, &first, &end))
		return;
	for (u64 i = first; i < end; i++)
		owe(o, key3(c->who, 0, i));
}

const struct clause clause_remap_addr = {
	.id = CHK_REMAP_ADDR,
	.row = ROW_REMAP_ADDR,
	.changes = 1 << CH_VM | 1 << CH_CORE,
	.touched = remap_addr_touched,
	.locks = locks_remap_addr,
	.holds = remap_addr,
	.all = remap_addr_all,
};

static u64 locks_core_remap(const struct world *w, u64 key)
{
	(void)w;
	return LOCK(NPT_ID + COREVISOR) | LOCK(INFO_ID + (lk_t)key_a(key));
}

/* S14  Of an image's window what is not counted as mapped is not mapped. */
static enum clause_verdict core_remap(const struct judge *j, u64 key, struct facts *f)
{
	u64 vmid = key_a(key), i = key_b(key), gfn = key_c(key);
	struct window x = window_of(j->world, vmid, i);
	struct maplet m;

	if (!is_image(j->world, vmid, i) || x.mapped >= x.pages || gfn < x.first + x.mapped ||
	    gfn >= x.first + x.pages)
		return CLAUSE_VACUOUS;
	m = world_npt(j->world, COREVISOR, gfn);
	if (m.pfn == 0)
		return CLAUSE_HOLDS;
	facts_maplet(f, j->world, COREVISOR, gfn, m);
	facts_window(f, vmid, i, x);
	return CLAUSE_BROKEN;
}

/* More than all windows together have. */
enum { WINDOW_MAX = (REMAP_END - REMAP_START) / PAGE_SIZE };

/* All keys of a window, @mapped of which do not count. */
static void owe_window(struct owed *o, u64 vmid, u64 i, struct window x, u64 mapped)
{
	u64 pages = min_u64(x.pages, WINDOW_MAX);

	for (u64 at = mapped; at < pages; at++)
		owe(o, key3(vmid, i, (x.first + at) & ((1ull << 36) - 1)));
}

static bool is_of_image(u64 arg, u64 key)
{
	return key >> 40 == arg;
}

static void window_touched(struct owed *o, const struct world *w, const struct change *c)
{
	u64 first, end;

	if (c->who == HOSTVISOR || c->who >= COREVISOR || !changes_windows(c, &first, &end))
		return;
	for (u64 i = first; i < end; i++) {
		owe_broken(o, is_of_image, key3(c->who, i, 0) >> 40);
		if (!is_image(w, c->who, i))
			continue;
		/* When more of it is mapped what is left was owed before. */
		if (c->field != F_INFO_vm_mapped_pages || c->after.v < c->before.v)
			owe_window(o, c->who, i, window_of(w, c->who, i),
			           window_of(w, c->who, i).mapped);
	}
}

static void core_remap_touched(struct owed *o, const struct world *w, const struct change *c)
{
	if (c->kind == CH_VM) {
		window_touched(o, w, c);
		return;
	}
	if (c->who != COREVISOR)
		return;
	for (u64 v = HOSTVISOR + 1; v < COREVISOR; v++) {
		for (u64 i = 0; i < n_images(w, v); i++) {
			struct window x = window_of(w, v, i);

			for (u64 g = c->at; g < c->at + c->n; g++)
				if (g - x.first < x.pages)
					owe(o, key3(v, i, g));
		}
	}
}

static void core_remap_all(struct owed *o, const struct world *w)
{
	for (u64 v = HOSTVISOR + 1; v < COREVISOR; v++)
		for (u64 i = 0; i < n_images(w, v); i++)
			owe_window(o, v, i, window_of(w, v, i), window_of(w, v, i).mapped);
}

const struct clause clause_core_remap = {
	.id = CHK_CORE_REMAP,
	.row = ROW_CORE_REMAP,
	.changes = 1 << CH_VM | 1 << CH_LEAF,
	.touched = core_remap_touched,
	.locks = locks_core_remap,
	.holds = core_remap,
	.all = core_remap_all,
};

/* Two VMs and images, each 4 bits. */
static u64 pair_key(u64 v1, u64 i1, u64 v2, u64 i2)
{
	u64 a = v1 << 4 | i1, b = v2 << 4 | i2;

	return a < b ? key3(v1, i1, b) : key3(v2, i2, a);
}

static u64 locks_pair(const struct world *w, u64 key)
{
	(void)w;
	return LOCK(INFO_ID + (lk_t)key_a(key)) | LOCK(INFO_ID + (lk_t)(key_c(key) >> 4));
}

/* S16  No two windows overlap. */
static enum clause_verdict no_overlap(const struct judge *j, u64 key, struct facts *f)
{
	u64 v1 = key_a(key), i1 = key_b(key), v2 = key_c(key) >> 4, i2 = key_c(key) & 15;
	struct window a = window_of(j->world, v1, i1), b = window_of(j->world, v2, i2);

	if (!is_image(j->world, v1, i1) || !is_image(j->world, v2, i2) || a.pages == 0 ||
	    b.pages == 0)
		return CLAUSE_VACUOUS;
	if (a.first + a.pages <= b.first || b.first + b.pages <= a.first)
		return CLAUSE_HOLDS;
	facts_window(f, v1, i1, a);
	facts_window(f, v2, i2, b);
	return CLAUSE_BROKEN;
}

static void owe_pairs(struct owed *o, const struct world *w, u64 vmid, u64 i)
{
	for (u64 v = HOSTVISOR + 1; v < COREVISOR; v++)
		for (u64 k = 0; k < n_images(w, v); k++)
			if (v != vmid || k != i)
				owe(o, pair_key(vmid, i, v, k));
}

static bool has_image(u64 arg, u64 key)
{
	u64 one = key_a(key) << 4 | key_b(key);

	return one == arg || key_c(key) == arg;
}

static void no_overlap_touched(struct owed *o, const struct world *w, const struct change *c)
{
	u64 first, end;

	if (c->who == HOSTVISOR || c->who >= COREVISOR || c->field == F_INFO_vm_mapped_pages ||
	    !changes_windows(c, &first, &end))
		return;
	for (u64 i = first; i < end; i++) {
		owe_broken(o, has_image, (u64)c->who << 4 | i);
		if (is_image(w, c->who, i))
			owe_pairs(o, w, c->who, i);
	}
}

static void no_overlap_all(struct owed *o, const struct world *w)
{
	for (u64 v = HOSTVISOR + 1; v < COREVISOR; v++)
		for (u64 i = 0; i < n_images(w, v); i++)
			owe_pairs(o, w, v, i);
}

const struct clause clause_remap_no_overlap = {
	.id = CHK_REMAP_NO_OVERLAP,
	.row = ROW_REMAP_NO_OVERLAP,
	.changes = 1 << CH_VM,
	.touched = no_overlap_touched,
	.locks = locks_pair,
	.holds = no_overlap,
	.all = no_overlap_all,
};
