/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What of a log this version does not know and did not need: marks from MARK_MAY_SKIP on, configuration keys "x-...". */
#include "sim/log/text/open.h"

#include <jansson.h>
#include <stdio.h>

/* A line for marks and one for keys, each behind @before; none where nothing was skipped.  Numbers rise. */
void skipped_print(FILE *f, const char *before, const struct log_config *c,
                   const struct log_status *st);

/* {"marks": [{"number": 70, "count": 3}, ...], "keys": ["x-...", ...]}.  The caller's. */
json_t *skipped_json(const struct log_config *c, const struct log_status *st);
