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
 * @cpus, @subject: what was measured, where the row has such fields; 0, ""
 * @v:    [n_cols] the median of the measurements that count; NaN: no figure
 * @lo, @hi: [n_cols] the smallest and the largest of these
 * @note: why the row is not valid, or anything else to be said of it; ""
 */
struct table_row {
	char name[64];
	u32 cpus;
	char subject[48];
	double v[TABLE_MAX_COLS], lo[TABLE_MAX_COLS], hi[TABLE_MAX_COLS];
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
/* What the row is about. */
void table_row_is(struct table_row *row, u32 cpus, const char *subject);
struct json_t;
/* The table as --json prints it; @ranges: each row also has the smallest and largest of its measurements.  To be given up. */
struct json_t *table_json(const struct table *t, bool ranges);
void table_print(FILE *f, const struct table *t, enum table_form form);
void table_free(struct table *t);
