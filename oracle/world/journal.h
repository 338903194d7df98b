/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the world was before each of its stores, so that it can be made so again.  Every store into the world's state goes
 * through here, or is told here beforehand; while the journal is off that is all that it costs.
 *
 * Stores are undone strictly in the opposite order, so that lists are as they were, in their order as well.
 */
#include "shmem/obj/obj.h"
#include "shmem/obj/obj_pages.h"
#include "sim/base/vec.h"

enum undo_kind { UNDO_WORD, UNDO_LONG, UNDO_CELL, UNDO_PAGE };

/**
 * struct undo - one
 * @kind: WORD: *@word was @old.  LONG: *@long_word was @value.  CELL: cell @cell of @o was @value.  PAGE: the page of cell @cell of @o was kept as @page
 */
struct undo {
	u8 kind;
	u32 old;
	union {
		u32 *word;
		u64 *long_word;
		struct obj *o;
	};
	u64 cell;
	union {
		u64 value;
		struct obj_page page;
	};
};

struct journal {
	bool on;
	VEC(struct undo) undo;
};

void journal_note_word(struct journal *j, u32 *word);
/* Cells of @o are about to change as @d says, which is in the object's range. */
void journal_note_cells(struct journal *j, struct obj *o, const struct diff *d);

/* *@word = @value. */
static inline void journal_word(struct journal *j, u32 *word, u32 value)
{
	if (unlikely(j->on))
		journal_note_word(j, word);
	*word = value;
}

/* Likewise @n words from @at on: what somebody keeps beside the world, and wants undone with it (JOURNAL()). */
void journal_note_longs(struct journal *j, u64 *at, u32 n);

/* @object, a variable whose size is a multiple of 8, is about to change. */
#define JOURNAL(j, object)                                                                        \
	do {                                                                                      \
		_Static_assert(sizeof(object) % 8 == 0 && _Alignof(__typeof__(object)) >= 8,      \
		               "words of 8 bytes");                                               \
		if (unlikely((j)->on))                                                            \
			journal_note_longs(j, (u64 *)(void *)&(object), (u32)sizeof(object) / 8); \
	} while (0)

/* All as it was when there were @n entries.  @data: what flat memory takes from outside. */
void journal_undo(struct journal *j, u32 n, const struct data_oracle *data);
void journal_forget(struct journal *j);
void journal_free(struct journal *j);
