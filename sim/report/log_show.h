/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The events of a log, one a line. */
#include "sim/log/source.h"

#include <stdio.h>

enum show_form { SHOW_TEXT, SHOW_COLUMNS, SHOW_JSON };

/**
 * struct show_options
 * @cpus, @locks: bits of those to show; all ones: every one
 * @kinds:        bits of event kinds
 * @from, @to:    indices in the merged log, both included
 * @keep_going:   asked now and then; false ends it early (NULL: never)
 */
struct show_options {
	u64 cpus, locks, kinds;
	u64 from, to;
	enum show_form form;
	bool (*keep_going)(void);
};

/* Print what @o asks for.  < 0: the source's error, ERR_MEMORY; what came before is printed. */
MUST_CHECK int log_show(struct log_source *s, const struct show_options *o, FILE *f, struct err *e);
