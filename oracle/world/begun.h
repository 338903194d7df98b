/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an object was as the episode began, of the pages that have changed: to begin the next episode, which begins alike, a few pages are
 * copied back, instead of giving all to the kernel and filling the object again.
 */
#include "shmem/obj/obj_pages.h"
#include "sim/base/vec.h"

/* Pages of all episodes, of one object.  When more have changed the object is filled again. */
enum { BEGUN_PAGES = 256 };

/**
 * struct begun
 * @noted:  in this episode something was noted; @all: more than can be copied back has changed
 * @last:   the page that was noted last, + 1
 * @digest: as the episode began
 * @n, @page: [n] the cells of pages that are kept, from the first episode on that has changed them; @number: their numbers
 * @dirty:  [n] bits: it has changed in this episode
 * @slot:   [pages of the object] 1 + where a page is kept, 0: it is not
 */
struct begun {
	bool noted, all;
	u32 last;
	u64 digest;
	u32 n;
	u64 *page[BEGUN_PAGES];
	u32 number[BEGUN_PAGES];
	u64 dirty[BEGUN_PAGES / 64];
	u16 *slot;
};

/* A difference that is not of one page, or of another one than the last. */
void begun_note_pages(struct begun *b, const struct obj *o, u64 first, u64 last);

/* Cells are about to change as @d says, which is in the object's range. */
static inline void begun_note(struct begun *b, const struct obj *o, const struct diff *d)
{
	u64 first = obj_number(o, d->field, d->first) / OBJ_PAGE_CELLS;
	u64 last = obj_number(o, d->field, d->last) / OBJ_PAGE_CELLS;

	if (likely(first == last && b->last == first + 1 && !o->pages))
		return;
	begun_note_pages(b, o, first, last);
}

/* Make the object as the episode began; another one begins.  False: its pages are not all kept, and it is as it was. */
bool begun_restore(struct begun *b, struct obj *o);
void begun_free(struct begun *b);
