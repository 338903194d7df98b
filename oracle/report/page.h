/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What was found, for a person: the first finding as a page, the others in a line or two, or each as a page. */
#include "oracle/check/check.h"

#include <stdio.h>

/**
 * struct page_how
 * @color: escape codes for a terminal
 * @all:   a page for each finding that is kept, the known ones as well (check_how.all, or they have less to say)
 * @log:   the file in which the log is, judged by its own errata, or NULL
 * @strict: known findings were violations (check_how.strict)
 */
struct page_how {
	bool color, all, strict;
	const char *log;
};

/*
 * The first finding in full, then a line or two for each other one, or all in full.  Nothing when there is none.
 * @config: of the log: what its operations are called, and how it was made.
 */
void page_findings(FILE *f, const struct checker *c, const struct log_config *config,
                   struct page_how how);

/* One line an erratum that has known findings: how many, and the first of them.  Nothing when there are none. */
void page_known(FILE *f, const struct checker *c, const struct log_config *config);

/* The command that judges the log again by the finding's check; malloc'ed.  NULL: there is no log, or no check that can be asked for. */
char *page_again(const struct finding *f, struct page_how how);
