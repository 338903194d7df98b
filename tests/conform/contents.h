/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Contents of objects in the vectors' form: payloads of pushes, start contents, changes. */
#include "sim/exec/payload.h"
#include "tests/conform/json.h"

/* Cells of kind @push's form, those of @v that are not 0; *out is the caller's, NULL on errors. */
MUST_CHECK int contents_read(u32 push, const json_t *v, struct payload **out, struct err *e);

/*
 * What @after has that @before has not, in kind @push's form: keys and indices that differ, with their values of @after
 * (0 too).  Both sorted.  @before NULL: all that is not 0.  NULL: nothing differs.
 */
json_t *contents_json(u32 push, const struct payload *before, const struct payload *after);
