/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A table of figures: for a person, as JSON, as CSV. */
#include "sim/base/types.h"

#include <stdio.h>

enum { TABLE_MAX_COLS = 20 };

enum table_form { TABLE_TEXT, TABLE_JSON, TABLE_CSV };

/**
 * struct table_col
 * @unit: "" when the figure has none
 * @digits: behind the point
 */
struct table_col {
	const char *name, *unit;
	int digits;
};

/**
 * struct table_row
 * @v:    [n_cols] NaN: no figure
 * @note: why the row is not valid, or anything else to be said of it; ""
 */
struct table_row {
	char name[48];
	double v[TABLE_MAX_COLS];
	bool valid;
	char note[96];
};

/**
 * struct table
 * @probe_col: column of the probe's hand-over time, which bench_rows() fills; 0: none
 */
struct table {
	const char *name, *title;
	const struct table_col *cols;
	u32 n_cols, probe_col;
	struct table_row *rows;
	u32 n, cap;
};

/* A new row, all figures absent, valid. */
struct table_row *table_add(struct table *t, const char *fmt, ...) PRINTF(2, 3);
void table_print(FILE *f, const struct table *t, enum table_form form);
void table_free(struct table *t);
