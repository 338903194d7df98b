/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What stands behind expect.  For sim/exec/ only.  0, or ERR_TEXT with the place. */
#include "sim/exec/scope.h"
#include "sim/log/text/text_line.h"

/* What stands behind expect, but for verdict and classes. */
MUST_CHECK int read_expect(struct text_line *l, struct scope_expect *out, struct err *e);

/* What a search must come to; @column: of the verdict's words. */
struct read_search {
	char verdict[SCOPE_VERDICT_TEXT];
	u64 column, classes;
	bool is_verdict;
};

/* Behind expect, verdict WORD[,WORD]... or classes N.  1: it is neither, and the line is where it was. */
MUST_CHECK int read_search(struct text_line *l, struct read_search *out, struct err *e);
