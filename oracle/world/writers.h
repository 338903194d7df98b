/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Who wrote each cell of the objects last, in the running episode: one word a cell, in pieces of a page of cells that are made when
 * one of them is written.  A long range that covers pages whole is a word a page.  A word tells the number of its event, so those
 * of earlier episodes are told from those of this one, and nothing is to be forgotten when an episode begins.
 */
#include "oracle/world/journal.h"
#include "shmem/obj/obj.h"
#include "shmem/obj/obj_pages.h"

enum { WRITER_NO_OP = 0xff, WRITER_NO_WORK = 0x7ff };

/**
 * struct writer - who wrote a value
 * @at:   the event's index among all
 * @op:   the atomic operation that its CPU was in; WRITER_NO_OP: none
 * @work: the operation of the workload; WRITER_NO_WORK: none
 */
struct writer {
	u64 at;
	u32 cpu, op, work;
};

/* A word, never 0; an index beyond 2^39 - 2 is told as that. */
u64 writer_word(struct writer w);
struct writer writer_of_word(u64 word);

/* Cells of a page that were written. */
struct written_page {
	u64 whole, *cell;
};

/**
 * struct writers
 * @since: index of the first event of the episode
 * @page:  [lk][] of each object, NULL until it is written; @n_pages: [lk] how many it has
 */
struct writers {
	struct journal *journal;
	u64 since;
	struct written_page *page[ID_END];
	u64 n_pages[ID_END];
};

void writers_free(struct writers *w);
/* An episode begins with event @at. */
void writers_begin(struct writers *w, u64 at);
/* The cells that difference @d of object @o changes, which is in its range, were written by @word. */
void writers_note(struct writers *w, const struct obj *o, const struct diff *d, u64 word);
/* The word of a cell; 0: nobody wrote it in this episode. */
u64 writers_word(const struct writers *w, const struct obj *o, u32 field, u64 index);
