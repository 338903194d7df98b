/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A finding as JSON: docs/json.md says what each key means. */
#include "oracle/check/check.h"

#include <jansson.h>

/* @config: of the log: what its operations are called. */
json_t *found_json(const struct checker *c, const struct finding *f,
                   const struct log_config *config);
