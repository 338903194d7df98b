/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Known findings: what the published sources do, as they are written.  They are told, and decide nothing. */
#include "oracle/check/check.h"

#include <jansson.h>

/* What follows a verdict: ", 3 known (errata tlb-invalidate)"; "" when there are none.  Returns buf. */
const char *known_words(const struct checker *c, char *buf, size_t size);

/* {"ERRATUM":N} */
json_t *known_json(const struct checker *c);
