// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/obj_pages.h"

#include "sim/base/check.h"

#include <string.h>
#include <sys/mman.h>

/* Shorter ranges are cells at once: what a run writes is. */
enum { LONG_RANGE = 8 * OBJ_PAGE_CELLS, PAGES_A_LOOK = 4096 };

static bool resident(const struct obj *o, u64 page, unsigned char *vec)
{
	u64 n = min_u64(o->pages->n - page, PAGES_A_LOOK);

	if (page % PAGES_A_LOOK == 0) {
		int rc = mincore(o->cell + page * OBJ_PAGE_CELLS, n * 4096, vec);

		SIM_ASSERT(rc == 0);
	}
	return vec[page % PAGES_A_LOOK] & 1;
}

bool obj_pages_for(struct obj *o, u64 first, u64 last)
{
	u64 n = (o->n_cells + OBJ_PAGE_CELLS - 1) / OBJ_PAGE_CELLS;
	size_t bytes = sizeof(struct obj_pages) + n * sizeof(struct obj_page);
	unsigned char vec[PAGES_A_LOOK];
	void *p;

	if (o->pages)
		return true;
	if (!o->by_pages || last - first < LONG_RANGE)
		return false;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	         -1, 0);
	/* Cell by cell, then. */
	if (p == MAP_FAILED)
		return false;
	o->pages = p;
	o->pages->n = n;
	o->pages->bytes = bytes;
	/* What the kernel has not given memory to holds 0. */
	for (u64 i = 0; i < n; i++)
		if (!resident(o, i, vec))
			o->pages->page[i].kind = PAGE_VALUE;
	return true;
}

static u64 value(const struct obj *o, const struct obj_page *p, u64 i)
{
	const struct data_oracle *data = &o->pages->data;

	return p->kind == PAGE_VALUE ? p->n : data_oracle_value(data, p->vmid, p->n + i) + p->add;
}

u64 obj_pages_value(const struct obj *o, u64 cell)
{
	const struct obj_page *p = &o->pages->page[cell / OBJ_PAGE_CELLS];

	return p->kind == PAGE_CELLS ? o->cell[cell] : value(o, p, cell % OBJ_PAGE_CELLS);
}

u64 obj_pages_same(const struct obj *o, u64 cell, u64 max, u64 *out)
{
	const struct obj_page *p = &o->pages->page[cell / OBJ_PAGE_CELLS];

	*out = obj_pages_value(o, cell);
	return p->kind == PAGE_VALUE ? min_u64(max, OBJ_PAGE_CELLS - cell % OBJ_PAGE_CELLS) : 1;
}

void obj_pages_open(struct obj *o, u64 cell)
{
	struct obj_page *p = &o->pages->page[cell / OBJ_PAGE_CELLS];
	u64 first = cell - cell % OBJ_PAGE_CELLS, index;
	struct obj_page was = *p;
	u32 field, scale;

	if (was.kind == PAGE_CELLS)
		return;
	p->kind = PAGE_CELLS;
	if (was.kind == PAGE_VALUE && was.n == 0)
		return;
	obj_place(o, first, &field, &index);
	scale = obj_field(o->kind, field)->scale;
	for (u64 i = 0; i < OBJ_PAGE_CELLS; i++) {
		u64 v = value(o, &was, i);

		o->cell[first + i] = v;
		o->digest += obj_hash(field, index + i * scale, v);
	}
}

void obj_pages_set(struct obj *o, u64 cell, const struct obj_page *p)
{
	struct obj_page *have = &o->pages->page[cell / OBJ_PAGE_CELLS];
	u64 index;
	u32 field, scale;

	SIM_ASSERT_DBG(cell % OBJ_PAGE_CELLS == 0);
	if (have->kind == PAGE_CELLS) {
		obj_place(o, cell, &field, &index);
		scale = obj_field(o->kind, field)->scale;
		for (u64 i = 0; i < OBJ_PAGE_CELLS; i++)
			o->digest -= obj_hash(field, index + i * scale, o->cell[cell + i]);
		memset(o->cell + cell, 0, OBJ_PAGE_CELLS * sizeof(u64));
	}
	*have = *p;
}

void obj_settle(struct obj *o)
{
	if (!o->pages)
		return;
	for (u64 i = 0; i < o->pages->n; i++)
		obj_pages_open(o, i * OBJ_PAGE_CELLS);
	obj_pages_drop(o);
}

void obj_pages_drop(struct obj *o)
{
	if (o->pages)
		munmap(o->pages, o->pages->bytes);
	o->pages = NULL;
}
