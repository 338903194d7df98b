/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How the lists of 'hypsim list' are printed. */
#include "sim/base/types.h"

#include <jansson.h>

/* Where a list's rows go: lines for a person, or an array of objects. */
struct list_rows {
	json_t *array; /* NULL: lines */
	bool group;    /* the list has several kinds of rows: print the kind */
	u32 width;     /* columns of the terminal; 0: it is none */
};

/* Print @text from column @at on, the next lines indented as far; words stay whole.  A file or a pipe gets one line. */
void list_wrapped(const struct list_rows *r, u32 at, const char *text);
/* One row: what it is, its name, the source's name for it ("": none), its sentence. */
void list_row(struct list_rows *r, const char *kind, const char *id, const char *source,
              const char *sentence);
/* Words with a space between, as an array. */
json_t *list_words(const char *text);
