// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/begun.h"

#include <stdlib.h>
#include <string.h>

static u64 n_pages(const struct obj *o)
{
	return (o->n_cells + OBJ_PAGE_CELLS - 1) / OBJ_PAGE_CELLS;
}

static u64 cells_of_page(const struct obj *o, u64 page)
{
	return min_u64(OBJ_PAGE_CELLS, o->n_cells - page * OBJ_PAGE_CELLS);
}

/* Keep page @page, which is as the episode began.  False: there is no room. */
static bool keep(struct begun *b, const struct obj *o, u64 page)
{
	if (b->n == BEGUN_PAGES)
		return false;
	b->page[b->n] = xcalloc(OBJ_PAGE_CELLS, sizeof(u64));
	memcpy(b->page[b->n], o->cell + page * OBJ_PAGE_CELLS,
	       cells_of_page(o, page) * sizeof(u64));
	b->number[b->n] = (u32)page;
	b->slot[page] = (u16)++b->n;
	return true;
}

void begun_note_pages(struct begun *b, const struct obj *o, u64 first, u64 last)
{
	if (!b->noted) {
		b->digest = o->digest;
		b->noted = true;
	}
	b->last = 0;
	/* Cells of long ranges are not there to be copied. */
	if (o->pages || last - first >= BEGUN_PAGES)
		b->all = true;
	if (b->all)
		return;
	if (!b->slot)
		b->slot = xcalloc(n_pages(o), sizeof(*b->slot));
	for (u64 page = first; page <= last; page++) {
		if (!b->slot[page] && !keep(b, o, page)) {
			b->all = true;
			return;
		}
		b->dirty[(b->slot[page] - 1u) / 64] |= 1ull << (b->slot[page] - 1u) % 64;
	}
	b->last = (u32)last + 1;
}

bool begun_restore(struct begun *b, struct obj *o)
{
	bool all = b->all || o->pages || !b->noted;

	for (u32 word = 0; word < BEGUN_PAGES / 64; word++) {
		for (u64 left = all ? 0 : b->dirty[word]; left; left &= left - 1) {
			u32 i = word * 64 + (u32)__builtin_ctzll(left);

			memcpy(o->cell + (u64)b->number[i] * OBJ_PAGE_CELLS, b->page[i],
			       cells_of_page(o, b->number[i]) * sizeof(u64));
		}
		b->dirty[word] = 0;
	}
	if (!all)
		o->digest = b->digest;
	b->noted = b->all = false;
	b->last = 0;
	return !all;
}

void begun_free(struct begun *b)
{
	for (u32 i = 0; i < b->n; i++)
		free(b->page[i]);
	free(b->slot);
}
