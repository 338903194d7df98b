/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What two runs came to, of each principal: as text, as JSON. */
#include "sim/two/pair.h"

#include <jansson.h>

enum { TWO_PRINCIPALS = COREVISOR };

/**
 * struct two_result - of one principal
 */
struct two_result {
	vmid_t p;
	struct two_counts count;
	struct two_finding finding[TWO_FINDINGS];
	u32 n_findings;
	u64 lost;
};

/**
 * struct two_report
 * @subject: the scenario or the script
 * @ops:     operations of a scenario; 0: it is a script
 * @result:  [n] by principal
 * @interrupted: a signal came before the end
 */
struct two_report {
	const char *subject;
	u32 cpus, vary;
	u64 seed, ops;
	struct two_result result[TWO_PRINCIPALS];
	u32 n;
	bool interrupted;
};

/* Take what the pair has come to. */
void two_report_add(struct two_report *r, const struct pair *pr);
/* Print it; the command's exit status. */
int two_report_text(const struct two_report *r, bool quiet);
int two_report_json(const struct two_report *r);
/* As a suite (oracle/results/results.h), a case each principal.  @again: the command. */
json_t *two_report_suite(const struct two_report *r, const char *again);
/* Why nothing was compared for the principal; NULL: something was. */
const char *two_result_why_not(const struct two_result *r);
