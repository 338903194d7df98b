// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/journal.h"

void journal_note_word(struct journal *j, u32 *word)
{
	vec_push(&j->undo, ((struct undo){ .kind = UNDO_WORD, .old = *word, .word = word }));
}

void journal_note_longs(struct journal *j, u64 *at, u32 n)
{
	for (u32 i = 0; i < n; i++)
		vec_push(&j->undo,
		         ((struct undo){ .kind = UNDO_LONG, .long_word = at + i, .value = at[i] }));
}

static void note_cell(struct journal *j, struct obj *o, u64 cell)
{
	vec_push(
		&j->undo,
		((struct undo){ .kind = UNDO_CELL, .o = o, .cell = cell, .value = o->cell[cell] }));
}

void journal_note_cells(struct journal *j, struct obj *o, const struct diff *d)
{
	u64 cell, end;

	if (likely(!j->on))
		return;
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
		vec_push(&j->undo,
		         ((struct undo){ .kind = UNDO_PAGE, .o = o, .cell = cell, .page = *p }));
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

void journal_undo(struct journal *j, u32 n, const struct data_oracle *data)
{
	while (j->undo.n > n) {
		const struct undo *u = &j->undo.v[--j->undo.n];

		if (u->kind == UNDO_WORD)
			*u->word = u->old;
		else if (u->kind == UNDO_LONG)
			*u->long_word = u->value;
		else if (u->kind == UNDO_CELL)
			set_cell(u->o, u->cell, u->value);
		else
			set_page(u->o, u->cell, &u->page, data);
	}
}

void journal_forget(struct journal *j)
{
	j->undo.n = 0;
}

void journal_free(struct journal *j)
{
	vec_free(&j->undo);
}
