/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A log as tables of an SQLite database: any question that no command answers is a query.  The tables are in export_tables.h, with a
 * sentence for each column.
 */
#include "sim/log/source.h"

/* What a whole log came to. */
struct export_counts {
	u64 events, operations, sections, changes, findings;
};

/*
 * Write the tables of a whole log to the database @to, an empty file.  < 0: the source's error (the tables have what was read until then);
 * ERR_HOST: the library failed, as on a full disk.
 */
MUST_CHECK int export_sqlite(struct log_source *s, const char *path, const char *to,
                             struct export_counts *out, struct err *e);
