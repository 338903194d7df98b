/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* JSON of vector files: numbers up to 2^64 - 1, and where two values differ first. */
#include "sim/base/err.h"
#include "sim/base/types.h"

#include <jansson.h>

/**
 * vector_load() - parse one line
 * @beyond: the line holds a number beyond 64 bits; it was read as a string
 *
 * A number beyond 2^63 - 1, which the library cannot hold, becomes a string of its digits; num() gives the same form.
 * NULL: *why says why, its column counted in the line as it stands.
 */
json_t *vector_load(const char *line, size_t len, bool *beyond, json_error_t *why);

json_t *num(u64 v);

/* A number 0..@max.  Errors: ERR_VECTOR "@what: expected ...", as all below. */
MUST_CHECK int get_u64(const json_t *v, const char *what, u64 max, u64 *out, struct err *e);
/* The same of a key of @o, which must have it. */
MUST_CHECK int get_key(const json_t *o, const char *key, u64 max, u64 *out, struct err *e);
/* The number that an object's key stands for. */
MUST_CHECK int get_index(const char *key, const char *what, u64 max, u64 *out, struct err *e);

/* "r[3]", "e.npt.4.n": where the first difference below @expected and @got lies, appended to @path of @size bytes. */
void first_difference(const json_t **expected, const json_t **got, char *path, size_t size);
