/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Tables in a file, with what they were measured on: docs/schema/bench-results.json. */
#include "bench/table.h"
#include "sim/base/err.h"

struct results;

struct results *results_new(void);
void results_free(struct results *s);
void results_add(struct results *s, const struct table *t);
/* All or nothing: a file that was there stays until the new one is whole.  < 0: ERR_OPEN and what the host says. */
MUST_CHECK int results_write(const struct results *s, const char *path, struct err *e);
/* NULL: ERR_OPEN, or ERR_CONFIG: it is no such file. */
struct results *results_read(const char *path, struct err *e);

/**
 * struct results_row - a row of a table that was kept
 * @table, @row, @lock: names, which stay while the tables do; @lock: "" where it has none
 * @cpus: 0 where it has none
 */
struct results_row {
	const char *table, *row, *lock;
	u32 cpus;
	bool valid;
	const void *of;
};

/* The @i-th row of all tables; false: there are fewer. */
bool results_row(const struct results *s, u32 i, struct results_row *out);
/* A figure: the median, the smallest and the largest, NaN where these were not kept; false: the row has none of this name. */
bool results_figure(const struct results_row *row, const char *column, double *v, double *lo,
                    double *hi);
/* The names of a row's figures, one call each; NULL behind the last. */
const char *results_column(const struct results_row *row, u32 i);
/* "hypsim 0.9, gcc 12.2.0, Linux 6.1.0 on EPYC ..., 2 cores, 2026-05-04T10:11:12Z" */
const char *results_told(const struct results *s, char *buf, size_t size);
