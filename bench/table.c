// SPDX-License-Identifier: GPL-2.0-only
#include "bench/table.h"

#include "sim/base/vec.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

struct table_row *table_add(struct table *t, const char *fmt, ...)
{
	struct table_row row = { .valid = true };
	va_list ap;

	for (u32 i = 0; i < TABLE_MAX_COLS; i++)
		row.v[i] = row.lo[i] = row.hi[i] = NAN;
	va_start(ap, fmt);
	vsnprintf(row.name, sizeof(row.name), fmt, ap);
	va_end(ap);
	if (t->n == t->cap)
		t->rows = vec_grow(t->rows, &t->cap, sizeof(*t->rows));
	t->rows[t->n] = row;
	return &t->rows[t->n++];
}

void table_free(struct table *t)
{
	free(t->rows);
	t->rows = NULL;
	t->n = t->cap = 0;
}

static int width(const struct table_col *c)
{
	int n = (int)strlen(c->name) > (int)strlen(c->unit) ? (int)strlen(c->name)
	                                                    : (int)strlen(c->unit);

	return n < 8 ? 8 : n;
}

static void print_text(FILE *f, const struct table *t)
{
	fprintf(f, "%s\n%-34s", t->title, "");
	for (u32 c = 0; c < t->n_cols; c++)
		fprintf(f, " %*s", width(&t->cols[c]), t->cols[c].name);
	fprintf(f, "\n%-34s", "");
	for (u32 c = 0; c < t->n_cols; c++)
		fprintf(f, " %*s", width(&t->cols[c]), t->cols[c].unit);
	fprintf(f, "\n");
	for (u32 r = 0; r < t->n; r++) {
		const struct table_row *row = &t->rows[r];

		fprintf(f, "%-34s", row->name);
		for (u32 c = 0; c < t->n_cols; c++) {
			if (isnan(row->v[c]))
				fprintf(f, " %*s", width(&t->cols[c]), "-");
			else
				fprintf(f, " %*.*f", width(&t->cols[c]), t->cols[c].digits,
				        row->v[c]);
		}
		fprintf(f, "%s%s\n", row->note[0] ? "  " : "", row->note);
	}
	fprintf(f, "\n");
}

void table_row_is(struct table_row *row, u32 cpus, const char *subject)
{
	row->cpus = cpus;
	snprintf(row->subject, sizeof(row->subject), "%s", subject);
}

static json_t *figure(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *figures(const struct table *t, const double *v)
{
	json_t *j = json_object();

	for (u32 c = 0; c < t->n_cols; c++)
		json_object_set_new(j, t->cols[c].name, figure(v[c]));
	return j;
}

static json_t *row_json(const struct table *t, const struct table_row *row, bool ranges)
{
	json_t *j = json_object(), *v = figures(t, row->v);

	json_object_set_new(j, "row", json_string(row->name));
	if (row->cpus)
		json_object_set_new(j, "cpus", json_integer(row->cpus));
	if (row->subject[0])
		json_object_set_new(j, "lock", json_string(row->subject));
	json_object_update(j, v);
	json_decref(v);
	if (ranges) {
		json_object_set_new(j, "least", figures(t, row->lo));
		json_object_set_new(j, "largest", figures(t, row->hi));
	}
	json_object_set_new(j, "valid", json_boolean(row->valid));
	json_object_set_new(j, "note", json_string(row->note));
	return j;
}

json_t *table_json(const struct table *t, bool ranges)
{
	json_t *o = json_object(), *rows = json_array();

	json_object_set_new(o, "table", json_string(t->name));
	json_object_set_new(o, "title", json_string(t->title));
	for (u32 r = 0; r < t->n; r++)
		json_array_append_new(rows, row_json(t, &t->rows[r], ranges));
	json_object_set_new(o, "rows", rows);
	return o;
}

static void print_json(FILE *f, const struct table *t)
{
	json_t *o = table_json(t, false);

	json_dumpf(o, f, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(8));
	fprintf(f, "\n");
	json_decref(o);
}

static void print_csv(FILE *f, const struct table *t)
{
	fprintf(f, "table,row");
	for (u32 c = 0; c < t->n_cols; c++)
		fprintf(f, ",%s%s%s%s", t->cols[c].name, t->cols[c].unit[0] ? " (" : "",
		        t->cols[c].unit, t->cols[c].unit[0] ? ")" : "");
	fprintf(f, ",valid,note\n");
	for (u32 r = 0; r < t->n; r++) {
		const struct table_row *row = &t->rows[r];

		fprintf(f, "%s,\"%s\"", t->name, row->name);
		for (u32 c = 0; c < t->n_cols; c++) {
			if (isnan(row->v[c]))
				fprintf(f, ",");
			else
				fprintf(f, ",%.*f", t->cols[c].digits, row->v[c]);
		}
		fprintf(f, ",%d,\"%s\"\n", row->valid, row->note);
	}
}

void table_print(FILE *f, const struct table *t, enum table_form form)
{
	switch (form) {
	case TABLE_TEXT:
		print_text(f, t);
		break;
	case TABLE_JSON:
		print_json(f, t);
		break;
	case TABLE_CSV:
		print_csv(f, t);
		break;
	}
	/* Tables take long: what is measured is shown. */
	fflush(f);
}
