/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a checker says of a log, as JSON: docs/json.md. */
#include "oracle/check/check.h"

#include <jansson.h>

/* One object.  @config: of the log: what its operations are called. */
json_t *report_json(const struct checker *c, const struct log_config *config);
