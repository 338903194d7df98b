/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What explore --pairs says: the matrix in letters and lists, as JSON, and its comparison with a stored one. */
#include "sim/base/whole_file.h"
#include "sim/explore/pairs.h"

#include <jansson.h>
#include <stdio.h>

/* Rows at most. */
enum { PAIRS_ROWS = 64 };

/**
 * struct pairs_said - the matrix
 * @row:  [n_rows] numbers of the rows that take part
 * @cell: [n_cells] pairs of @row in their order, each once: row 0 with itself, 0 with 1, ...
 * @intended: all errata are on that side
 */
struct pairs_said {
	const struct pair_opts *o;
	u32 n_rows, row[PAIRS_ROWS];
	struct pair_cell *cell;
	u32 n_cells;
	bool intended, interrupted;
	double seconds;
};

void pairs_print(FILE *f, const struct pairs_said *s);
/* "s ", "N!": what stands in a cell of the matrix. */
const char *pairs_letters(const struct pair_cell *c, char buf[3]);
/* The cell of rows @a and @b, @a first in the matrix; NULL: it was not explored. */
const struct pair_cell *pairs_cell(const struct pairs_said *s, u32 a, u32 b);

/*
 * A page of its own, with the matrix that pairs_json() has made of @s as data and as a table; it asks for nothing from
 * elsewhere.  < 0: ERR_DISK, ERR_HOST of @to.
 */
MUST_CHECK int pairs_html(struct whole_file *to, const struct pairs_said *s, const json_t *matrix,
                          struct err *e);
/* docs/schema/explore-pairs.json */
json_t *pairs_json(const struct pairs_said *s);

/* What --json has written into @file. */
MUST_CHECK int pairs_load(json_t **out, const char *file, struct err *e);
/*
 * Cells of which something differs from those of @was, of file @old, told one a line; both have it complete or it is told.  @differ: gets
 * {"A x B":LINES}; NULL: nobody asks.
 */
MUST_CHECK int pairs_compare(FILE *f, const json_t *now, const json_t *was, const char *old,
                             u32 *n_differ, json_t *differ, struct err *e);
/*
 * The matrix as a suite (oracle/results/results.h), a case each cell.  @differ: what pairs_compare() has told, which decides then; NULL: a
 * cell fails that has a violation, or an outcome without a reason.  @again: the command.
 */
json_t *pairs_suite(const struct pairs_said *s, const json_t *differ, const char *again);
/* Is there in the cell what must not be: a violation, or an outcome that nobody has a reason for? */
bool pairs_is_bad(const struct pair_cell *c);
