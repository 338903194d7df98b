/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One record of a vector file: what it asks of the folds. */
#include "sim/base/err.h"

#include <jansson.h>

/**
 * record_run() - run the folds that a record names on its inputs
 * @rec: a whole record; its kind is told by its keys
 * @got: an object with one value for each result that the record holds; the caller's to release, on errors too
 *
 * Errors: ERR_VECTOR when the kind is unknown, a key is missing or not one of the kind, or an input cannot be read.
 */
MUST_CHECK int record_run(const json_t *rec, json_t **got, struct err *e);
