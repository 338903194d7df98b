/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One record of a vector file: what it asks of the project's code. */
#include "tests/conform/kinds.h"

/**
 * record_run() - run what a record names on its inputs
 * @rec: a whole record; its kind is told by its keys
 * @v:   released by verdict_free(), on errors too
 *
 * Errors: ERR_VECTOR when the kind is unknown, a key is missing or not one of the kind, or an input cannot be read.
 */
MUST_CHECK int record_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e);
void verdict_free(struct verdict *v);
