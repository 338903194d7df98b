/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Where two logs differ: by kind how often, and of each kind the first place, with what both have there. */
#include "sim/inspect/diff_shown.h"

#include <stdio.h>

/**
 * struct log_diff
 * @path:     [log] of the files
 * @ignored:  bits of kinds that are left out
 * @events, @episodes: [log] that there are
 * @config:   what the configurations do not have in common: array of {key, a, b}
 * @count:    [kind]; of DIFF_CONFIG a place says nothing
 * @shown:    [kind][log] the first place of each kind that is not left out
 */
struct log_diff {
	const char *path[DIFF_LOGS];
	u64 ignored;
	u64 events[DIFF_LOGS], episodes[DIFF_LOGS];
	json_t *config;
	struct diff_count count[DIFF_NR];
	struct diff_shown shown[DIFF_NR][DIFF_LOGS];
};

/* "operation"; NULL: there is no such kind. */
const char *diff_kind_name(u32 kind);

/*
 * Compare two logs from their beginnings to their ends: @d->path and @d->ignored are set, the rest is filled in.  < 0: the error of log
 * *@whose; what was compared until then is good.
 */
MUST_CHECK int log_diff_compare(struct log_diff *d, struct log_source *const s[DIFF_LOGS],
                                u32 *whose, struct err *e);
/* Read both files once more, for what they have at the first places. */
MUST_CHECK int log_diff_look(struct log_diff *d, struct err *e);
void log_diff_free(struct log_diff *d);

/* Do they differ in what is not left out? */
bool log_diff_any(const struct log_diff *d);

void log_diff_print(const struct log_diff *d, FILE *f);
void log_diff_json(const struct log_diff *d, FILE *f);
