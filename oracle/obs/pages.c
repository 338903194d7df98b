// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/obs/pages.h"

#include "oracle/obs/row.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <string.h>

_Static_assert(OBS_COUNT == OBS_OWNER + 1 && OBS_GFN == OBS_OWNER + 2 &&
                       OBS_FLATMEM == OBS_OWNER + 3,
               "the rows of pages stand together");

/* What there is of a page: its record, and what it holds. */
enum { OWNER, COUNT, GFN, HOLDS, CELLS };

/* Pages that are compared at a time. */
enum { BLOCK = 512 };

/**
 * struct obs_pages - what pages held
 * @map: the memory regions when they were read: with others all is read again
 * @was: [MAX_MEMBLOCK_NUM][CELLS][obs_region_pages()] of each region; NULL: not read yet
 */
struct obs_pages {
	struct fixed map;
	u64 *was[MAX_MEMBLOCK_NUM][CELLS];
};

struct obs_pages *obs_pages_new(void)
{
	return xcalloc(1, sizeof(struct obs_pages));
}

static void drop(struct obs_pages *p)
{
	for (u32 i = 0; i < MAX_MEMBLOCK_NUM; i++)
		for (u32 c = 0; c < CELLS; c++) {
			free(p->was[i][c]);
			p->was[i][c] = NULL;
		}
}

void obs_pages_free(struct obs_pages *p)
{
	if (p)
		drop(p);
	free(p);
}

static bool same_map(const struct fixed *a, const struct fixed *b)
{
	return a->region_cnt == b->region_cnt &&
	       memcmp(a->region, b->region, a->region_cnt * sizeof(a->region[0])) == 0;
}

/* A VM's page that it shares is left out: what is seen through it comes from the oracle. */
static bool is_masked(vmid_t who, const u64 *page)
{
	return who != HOSTVISOR && page[OWNER] == who && page[COUNT] != 0;
}

/* What @who sees of a page: the value of row OBS_OWNER + @row. */
static u64 seen(vmid_t who, u32 row, const u64 *page)
{
	bool own = page[OWNER] == who;

	switch (row) {
	case OWNER:
		return who == HOSTVISOR ? page[OWNER] : own;
	case COUNT:
		return page[OWNER] == INVALID ? INVALID64 : own ? page[COUNT] : 0;
	case GFN:
		return who == HOSTVISOR || own ? page[GFN] : 0;
	default:
		return own && !is_masked(who, page) ? page[HOLDS] : 0;
	}
}

/* Where the cells of a region's pages lie. */
static void cells_of(const struct obs_view *v, const struct mem_region *r, const u64 *out[CELLS])
{
	SIM_ASSERT(!v->obj[S2PAGE_ID].pages);
	SIM_ASSERT(!v->obj[FLATMEM_ID].pages);
	out[OWNER] = obj_cell(&v->obj[S2PAGE_ID], F_S2PAGE_s2_owner, r->mb_index);
	out[COUNT] = obj_cell(&v->obj[S2PAGE_ID], F_S2PAGE_s2_count, r->mb_index);
	out[GFN] = obj_cell(&v->obj[S2PAGE_ID], F_S2PAGE_s2_gfn, r->mb_index);
	out[HOLDS] = obj_cell(&v->obj[FLATMEM_ID], F_FLATMEM_flatmem, r->mb_base / PAGE_SIZE);
}

/* One page: its terms as it was go, those as it is come. */
static void read_page(u64 *was[CELLS], const u64 *const now[CELLS], u64 i, bool first, vmid_t who,
                      u64 pfn, u64 *print, u64 *masked)
{
	u64 old[CELLS], new[CELLS];

	for (u32 c = 0; c < CELLS; c++) {
		old[c] = was[c][i];
		new[c] = was[c][i] = now[c][i];
	}
	for (u32 row = 0; row < OBS_PAGE_ROWS; row++) {
		u64 tag = obs_tag(OBS_OWNER + row);

		if (!first)
			print[row] ^= obs_term(tag, pfn, seen(who, row, old));
		print[row] ^= obs_term(tag, pfn, seen(who, row, new));
	}
	*masked += (u64)is_masked(who, new);
	*masked -= (u64)(!first && is_masked(who, old));
}

static bool equal(u64 *was[CELLS], const u64 *const now[CELLS], u64 at, u64 n)
{
	for (u32 c = 0; c < CELLS; c++)
		if (memcmp(was[c] + at, now[c] + at, n * sizeof(u64)) != 0)
			return false;
	return true;
}

static void read_region(struct obs_pages *o, u32 region, const struct obs_view *v, vmid_t who,
                        u64 *print, u64 *masked)
{
	const struct mem_region *r = &v->fixed->region[region];
	u64 **was = o->was[region], n = obs_region_pages(r);
	bool first = !was[0];
	const u64 *now[CELLS];

	if (n == 0)
		return;
	cells_of(v, r, now);
	for (u32 c = 0; c < CELLS && first; c++)
		was[c] = xcalloc(n, sizeof(u64));
	for (u64 at = 0; at < n; at += BLOCK) {
		u64 end = min_u64(n, at + BLOCK);

		if (!first && equal(was, now, at, end - at))
			continue;
		for (u64 i = at; i < end; i++)
			if (first || !equal(was, now, i, 1))
				read_page(was, now, i, first, who, r->mb_base / PAGE_SIZE + i,
				          print, masked);
	}
}

void obs_pages_read(struct obs_pages *o, const struct obs_view *v, vmid_t who, u64 *print,
                    u64 *masked)
{
	if (!same_map(&o->map, v->fixed)) {
		drop(o);
		o->map = *v->fixed;
		memset(print, 0, OBS_PAGE_ROWS * sizeof(*print));
		*masked = 0;
	}
	for (u32 i = 0; i < v->fixed->region_cnt; i++)
		read_region(o, i, v, who, print, masked);
}

void obs_pages_see(const struct obs_view *v, vmid_t who, u32 row, struct obs_sink *s)
{
	for (u32 i = 0; i < v->fixed->region_cnt; i++) {
		const struct mem_region *r = &v->fixed->region[i];
		u64 n = obs_region_pages(r);
		const u64 *now[CELLS];

		if (n == 0)
			continue;
		cells_of(v, r, now);
		for (u64 k = 0; k < n; k++) {
			u64 page[CELLS] = { now[OWNER][k], now[COUNT][k], now[GFN][k],
				            now[HOLDS][k] };

			obs_put(s, r->mb_base / PAGE_SIZE + k, seen(who, row, page));
		}
	}
}
