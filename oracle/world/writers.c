// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/writers.h"

#include "sim/base/consts.h"
#include "sim/base/vec.h"

#include <stdlib.h>

enum { CPU_BITS = 6, OP_BITS = 8, WORK_BITS = 11, AT_SHIFT = CPU_BITS + OP_BITS + WORK_BITS };

_Static_assert(MAX_CPU <= 1 << CPU_BITS, "a CPU fits");

#define AT_MAX ((1ull << (64 - AT_SHIFT)) - 1)

u64 writer_word(struct writer w)
{
	u64 at = w.at + 1 < AT_MAX ? w.at + 1 : AT_MAX;

	return at << AT_SHIFT | (u64)w.work << (CPU_BITS + OP_BITS) | (u64)w.op << CPU_BITS | w.cpu;
}

struct writer writer_of_word(u64 word)
{
	return (struct writer){ .at = (word >> AT_SHIFT) - 1,
		                .cpu = word & ((1u << CPU_BITS) - 1),
		                .op = word >> CPU_BITS & WRITER_NO_OP,
		                .work = word >> (CPU_BITS + OP_BITS) & WRITER_NO_WORK };
}

void writers_free(struct writers *w)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		for (u64 i = 0; i < w->n_pages[lk]; i++)
			free(w->page[lk][i].cell);
		free(w->page[lk]);
	}
}

void writers_begin(struct writers *w, u64 at)
{
	w->since = at;
}

static void note_cell(struct writers *w, struct written_page *p, u64 cell, u64 word)
{
	u64 *at;

	if (unlikely(!p->cell))
		p->cell = xcalloc(OBJ_PAGE_CELLS, sizeof(*p->cell));
	at = &p->cell[cell % OBJ_PAGE_CELLS];
	JOURNAL(w->journal, *at);
	*at = word;
}

/* Cells first..last. */
static void note_range(struct writers *w, struct written_page *page, u64 first, u64 last, u64 word)
{
	while (first <= last) {
		struct written_page *p = &page[first / OBJ_PAGE_CELLS];

		if (first % OBJ_PAGE_CELLS == 0 && last - first >= OBJ_PAGE_CELLS - 1) {
			JOURNAL(w->journal, p->whole);
			p->whole = word;
			first += OBJ_PAGE_CELLS;
		} else {
			note_cell(w, p, first++, word);
		}
	}
}

void writers_note(struct writers *w, const struct obj *o, const struct diff *d, u64 word)
{
	u64 cell = obj_number(o, d->field, d->first);
	struct written_page *page = w->page[o->id];

	if (unlikely(!page)) {
		w->n_pages[o->id] = (o->n_cells + OBJ_PAGE_CELLS - 1) / OBJ_PAGE_CELLS;
		w->page[o->id] = page = xcalloc(w->n_pages[o->id], sizeof(*page));
	}
	if (likely(d->first == d->last))
		note_cell(w, &page[cell / OBJ_PAGE_CELLS], cell, word);
	else
		note_range(w, page, cell, obj_number(o, d->field, d->last), word);
}

u64 writers_word(const struct writers *w, const struct obj *o, u32 field, u64 index)
{
	u64 cell = (u64)(obj_cell(o, field, index) - o->cell), word;
	const struct written_page *p = w->page[o->id];

	if (!p)
		return 0;
	p += cell / OBJ_PAGE_CELLS;
	word = p->cell ? p->cell[cell % OBJ_PAGE_CELLS] : 0;
	if (p->whole > word)
		word = p->whole;
	return word >> AT_SHIFT > w->since ? word : 0;
}
