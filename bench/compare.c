// SPDX-License-Identifier: GPL-2.0-only
#include "bench/compare.h"

#include <math.h>
#include <string.h>

enum { CC_OLD, CC_NEW, CC_RATIO, CC_FROM, CC_TO, CC_NR };

static const struct table_col cols[CC_NR] = {
	{ "old", "", 4 }, { "new", "", 4 }, { "ratio", "", 3 }, { "from", "", 3 }, { "to", "", 3 }
};

static bool row_like(const struct results *s, const struct results_row *like,
                     struct results_row *out)
{
	for (u32 i = 0; results_row(s, i, out); i++)
		if (strcmp(out->table, like->table) == 0 && strcmp(out->row, like->row) == 0)
			return true;
	return false;
}

/* What a row says beside its figures. */
static void remark(struct table_row *row, const struct results_row *before,
                   const struct results_row *now)
{
	if (!before->valid || !now->valid) {
		row->valid = false;
		snprintf(row->note, sizeof(row->note), "not valid in the %s file",
		         now->valid ? "old" : "new");
	} else if (isnan(row->v[CC_FROM]) || isnan(row->v[CC_TO])) {
		snprintf(row->note, sizeof(row->note), "how far it scatters is not known");
	} else if (row->v[CC_FROM] > 1) {
		snprintf(row->note, sizeof(row->note), "larger beyond noise");
	} else if (row->v[CC_TO] < 1) {
		snprintf(row->note, sizeof(row->note), "smaller beyond noise");
	}
}

static void ratio(struct table *t, const struct results_row *before, const struct results_row *now,
                  const char *column)
{
	double old[3], new[3];
	struct table_row *row = table_add(t, "%s: %s", now->table, now->row);

	if (!results_figure(before, column, &old[0], &old[1], &old[2]) ||
	    !results_figure(now, column, &new[0], &new[1], &new[2])) {
		snprintf(row->note, sizeof(row->note), "no such figure");
		return;
	}
	row->v[CC_OLD] = old[0];
	row->v[CC_NEW] = new[0];
	if (old[1] > 0) {
		row->v[CC_RATIO] = new[0] / old[0];
		row->v[CC_FROM] = new[1] / old[2];
		row->v[CC_TO] = new[2] / old[1];
	}
	remark(row, before, now);
}

/* The rows that @of has and @other has not. */
static void only_in(struct table *t, const struct results *of, const struct results *other,
                    const char *which)
{
	struct results_row row, like;

	for (u32 i = 0; results_row(of, i, &row); i++) {
		if (row_like(other, &row, &like))
			continue;
		snprintf(table_add(t, "%s: %s", row.table, row.row)->note,
		         sizeof(((struct table_row *)0)->note), "only in the %s file", which);
	}
}

u32 compare_print(FILE *f, const struct results *before, const struct results *now,
                  const char *column, enum table_form form)
{
	char title[160], told[2][512];
	struct table t = { .name = "compare", .title = title, .cols = cols, .n_cols = CC_NR };
	struct results_row row, was;
	u32 n = 0;

	snprintf(title, sizeof(title), "compare: %s, new to old, and where the ratio lies",
	         column ? column : "the first figure of each table");
	if (form == TABLE_TEXT)
		fprintf(f, "old: %s\nnew: %s\n", results_told(before, told[0], sizeof(told[0])),
		        results_told(now, told[1], sizeof(told[1])));
	for (u32 i = 0; results_row(now, i, &row); i++) {
		const char *of = column ? column : results_column(&row, 0);

		if (!of || !row_like(before, &row, &was))
			continue;
		ratio(&t, &was, &row, of);
		n += !isnan(t.rows[t.n - 1].v[CC_RATIO]);
	}
	only_in(&t, before, now, "old");
	only_in(&t, now, before, "new");
	table_print(f, &t, form);
	table_free(&t);
	return n;
}
