// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/journal.h"

#include "sim/base/check.h"

#include <string.h>

void journal_grow(struct journal *j, u32 words)
{
	while (j->undo.cap - j->undo.n < words)
		j->undo.v = vec_grow(j->undo.v, &j->undo.cap, sizeof(*j->undo.v));
}

/* memcpy(), which for most of what is noted, a few words or less, takes longer to call than to do. */
ALWAYS_INLINE void copy(void *to, const void *from, size_t size)
{
	if (likely(size == 8))
		memcpy(to, from, 8);
	else if (likely(size == 4))
		memcpy(to, from, 4);
	else if (size == 24)
		memcpy(to, from, 24);
	else if (size == 40)
		memcpy(to, from, 40);
	else if (size == 16)
		memcpy(to, from, 16);
	else
		memcpy(to, from, size);
}

ALWAYS_INLINE void entry(struct journal *j, void *at, size_t size)
{
	u32 n = (u32)(size + 7) / 8;
	u64 *to = journal_room(j, n + 2);

	copy(to, at, size);
	to[n] = (u64)(uintptr_t)at;
	to[n + 1] = size << UNDO_SIZE_SHIFT | UNDO_BYTES;
	if (j->sparse)
		*journal_seen(j, at) =
			(struct journal_seen){ .at = at, .size = (u32)size, .place = j->place };
}

void journal_bytes(struct journal *j, void *at, size_t size)
{
	entry(j, at, size);
}

void journal_4(struct journal *j, void *at)
{
	entry(j, at, 4);
}

void journal_8(struct journal *j, void *at)
{
	entry(j, at, 8);
}

static void note_cell(struct journal *j, struct obj *o, u64 cell)
{
	u64 *to = journal_room(j, 4);

	to[0] = o->cell[cell];
	to[1] = cell;
	to[2] = (u64)(uintptr_t)o;
	to[3] = UNDO_CELL;
}

enum { PAGE_WORDS = sizeof(struct obj_page) / 8 };

_Static_assert(sizeof(struct obj_page) % 8 == 0, "words of 8 bytes");

static void note_page(struct journal *j, struct obj *o, u64 cell, const struct obj_page *p)
{
	u64 *to = journal_room(j, PAGE_WORDS + 3);

	memcpy(to, p, sizeof(*p));
	to[PAGE_WORDS] = cell;
	to[PAGE_WORDS + 1] = (u64)(uintptr_t)o;
	to[PAGE_WORDS + 2] = UNDO_PAGE;
}

void journal_note_cells(struct journal *j, struct obj *o, const struct diff *d)
{
	u64 cell, end;

	/* As the difference will: a long one keeps its object by pages. */
	(void)obj_pages_for(o, d->first, d->last);
	cell = (u64)(obj_cell(o, d->field, d->first) - o->cell);
	end = (u64)(obj_cell(o, d->field, d->last) - o->cell) + 1;
	while (cell < end) {
		const struct obj_page *p = NULL;

		if (o->pages)
			p = &o->pages->page[cell / OBJ_PAGE_CELLS];
		if (!p || p->kind == PAGE_CELLS) {
			note_cell(j, o, cell++);
			continue;
		}
		note_page(j, o, cell, p);
		cell = (cell / OBJ_PAGE_CELLS + 1) * OBJ_PAGE_CELLS;
	}
}

static void set_cell(struct obj *o, u64 cell, u64 value)
{
	u64 index;
	u32 field;

	obj_place(o, cell, &field, &index);
	obj_set(o, field, index, value);
}

/* The page is kept as @p again, or by its cells where the object has been settled since. */
static void set_page(struct obj *o, u64 cell, const struct obj_page *p,
                     const struct data_oracle *data)
{
	u64 first = cell / OBJ_PAGE_CELLS * OBJ_PAGE_CELLS;

	if (o->pages) {
		o->pages->data = *data;
		obj_pages_set(o, first, p);
		return;
	}
	for (u64 i = 0; i < OBJ_PAGE_CELLS && first + i < o->n_cells; i++) {
		u64 v = p->kind == PAGE_VALUE ? p->n
		                              : data_oracle_value(data, p->vmid, p->n + i) + p->add;

		if (o->cell[first + i] != v)
			set_cell(o, first + i, v);
	}
}

/* The last entry, which ends at @end: its first word.  What it says is made so. */
static const u64 *undo_one(const u64 *end, const struct data_oracle *data)
{
	u64 size = end[-1] >> UNDO_SIZE_SHIFT;
	void *what = (void *)(uintptr_t)end[-2];
	struct obj_page page;
	const u64 *from;

	switch (end[-1] & ((1 << UNDO_SIZE_SHIFT) - 1)) {
	case UNDO_BYTES:
		from = end - 2 - (size + 7) / 8;
		copy(what, from, size);
		return from;
	case UNDO_CELL:
		set_cell(what, end[-3], end[-4]);
		return end - 4;
	case UNDO_PAGE:
		from = end - 3 - PAGE_WORDS;
		memcpy(&page, from, sizeof(page));
		set_page(what, end[-3], &page, data);
		return from;
	case UNDO_CALL:
		from = end - 3 - size;
		((journal_fn)(uintptr_t)end[-3])(what, from);
		return from;
	}
	SIM_UNREACHABLE();
}

/* The last word of an entry of so many bytes. */
#define BYTES(size) ((u64)(size) << UNDO_SIZE_SHIFT | UNDO_BYTES)

void journal_undo(struct journal *j, u32 n, const struct data_oracle *data)
{
	const u64 *end = j->undo.v + j->undo.n, *first = j->undo.v + n;

	while (end > first) {
		void *what = (void *)(uintptr_t)end[-2];

		if (end[-1] == BYTES(8)) {
			memcpy(what, end - 3, 8);
			end -= 3;
		} else if (end[-1] == BYTES(4)) {
			memcpy(what, end - 3, 4);
			end -= 3;
		} else {
			end = undo_one(end, data);
		}
	}
	SIM_ASSERT_DBG(end == first);
	j->undo.n = n;
	journal_place(j);
}

void journal_forget(struct journal *j)
{
	j->undo.n = 0;
	journal_place(j);
}

void journal_free(struct journal *j)
{
	vec_free(&j->undo);
}
