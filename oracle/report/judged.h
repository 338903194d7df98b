/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a checker says of a log, as cases of a suite (oracle/results/results.h). */
#include "oracle/check/check.h"
#include "oracle/report/page.h"

#include <jansson.h>

/* A case each check that was asked for.  @config: of the log; @how: its log and how it was judged; @again: where a log does not say it. */
void judged_cases(json_t *suite, const struct checker *c, const struct log_config *config,
                  struct page_how how, const char *again);
