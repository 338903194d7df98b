/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* All that a checker says of a log, to compare two of them byte by byte. */
#include "oracle/check/check.h"

/* Findings in their order and words, verdicts, worst cases, counts, events around the first finding, contents.  malloc'ed. */
char *kit_say(struct checker *c, const struct log_config *config);
