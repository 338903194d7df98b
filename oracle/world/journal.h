/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the judge was before each of its stores, so that it can be made so again: the world, where the CPUs are, and what all checks
 * keep.  Every store into such state goes through here, or is told here beforehand; while the journal is off that is all that it
 * costs.
 *
 * Stores are undone strictly in the opposite order, so that lists are as they were, in their order as well.
 */
#include "shmem/obj/obj.h"
#include "shmem/obj/obj_pages.h"
#include "sim/base/vec.h"

/*
 * What an entry is, in the low bits of its last word; the size is above them.
 *   BYTES: @size bytes, the address that they were at
 *   CELL:  the value of a cell, its number, its object
 *   PAGE:  struct obj_page, the number of its first cell, the object
 *   CALL:  @size words, a function, its argument
 */
enum undo_kind { UNDO_BYTES, UNDO_CELL, UNDO_PAGE, UNDO_CALL, UNDO_SIZE_SHIFT = 3 };

/* Bytes that were noted lately, in the place @place; nothing but where the journal is sparse. */
struct journal_seen {
	void *at;
	u32 size;
	u32 place;
};

enum { JOURNAL_SEEN = 256 };

/**
 * struct journal
 * @undo: words of all entries, one after the other
 * @sparse: only what was at places is wanted: bytes that were noted since the last one need not be noted again
 * @place:  number of the last place (journal_place())
 */
struct journal {
	bool on, sparse;
	VEC(u64) undo;
	u32 place;
	struct journal_seen seen[JOURNAL_SEEN];
};

/* Here is a place that may be come back to; there is one where something was undone as well. */
static inline void journal_place(struct journal *j)
{
	j->place++;
}

/* Makes @saved, as the entry has it, what it was. */
typedef void (*journal_fn)(void *arg, const u64 *saved);

__attribute__((cold)) void journal_grow(struct journal *j, u32 words);

/* @words more, which the caller fills. */
static inline u64 *journal_room(struct journal *j, u32 words)
{
	u64 *at;

	if (unlikely(j->undo.cap - j->undo.n < words))
		journal_grow(j, words);
	at = j->undo.v + j->undo.n;
	j->undo.n += words;
	return at;
}

/*
 * The entry of journal_note(); the others of 4 and of 8 bytes, as most are.  Not cold: whoever undoes much comes here at every other
 * store.
 */
void journal_bytes(struct journal *j, void *at, size_t size);
void journal_4(struct journal *j, void *at);
void journal_8(struct journal *j, void *at);

static inline struct journal_seen *journal_seen(struct journal *j, const void *at)
{
	return &j->seen[(uintptr_t)at / 4 % JOURNAL_SEEN];
}

/* @size bytes from @at on are about to change. */
static inline void journal_note(struct journal *j, void *at, size_t size)
{
	const struct journal_seen *s = journal_seen(j, at);

	/* Of who goes back to few places every other note is of what was noted. */
	if (s->at == at && s->place == j->place && s->size >= size)
		return;
	if (__builtin_constant_p(size) && size == 4)
		journal_4(j, at);
	else if (__builtin_constant_p(size) && size == 8)
		journal_8(j, at);
	else
		journal_bytes(j, at, size);
}

/* The entry whose first @n of the words that journal_room() gave last are written: the others are given back, but for three. */
static inline void journal_call(struct journal *j, u64 *words, u32 n, journal_fn fn, void *arg)
{
	words[n] = (u64)(uintptr_t)fn;
	words[n + 1] = (u64)(uintptr_t)arg;
	words[n + 2] = (u64)n << UNDO_SIZE_SHIFT | UNDO_CALL;
	j->undo.n = (u32)(words - j->undo.v) + n + 3;
}

/* The journal is on, and cells of @o are about to change as @d says, which is in the object's range. */
void journal_note_cells(struct journal *j, struct obj *o, const struct diff *d);

/* *@word = @value. */
static inline void journal_word(struct journal *j, u32 *word, u32 value)
{
	if (unlikely(j->on))
		journal_note(j, word, sizeof(*word));
	*word = value;
}

/* @object, a variable, is about to change. */
#define JOURNAL(j, object)                                            \
	do {                                                          \
		if (unlikely((j)->on))                                \
			journal_note((j), &(object), sizeof(object)); \
	} while (0)

/* The same for who has a journal only when something will be undone: @who->journal may be NULL. */
#define KEEP(who, object)                                                        \
	do {                                                                     \
		if (unlikely((who)->journal != NULL))                            \
			journal_note((who)->journal, &(object), sizeof(object)); \
	} while (0)

/* All as it was when the journal had @n words.  @data: what flat memory takes from outside. */
void journal_undo(struct journal *j, u32 n, const struct data_oracle *data);
void journal_forget(struct journal *j);
void journal_free(struct journal *j);
