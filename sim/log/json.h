/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Numbers of 64 bits in JSON, whose integers are signed: what does not fit is a string "0x...". */
#include "sim/base/types.h"

#include <jansson.h>

json_t *json_u64(u64 v);

/* The number; false: @v is no such thing. */
bool json_u64_of(const json_t *v, u64 *out);

/* @text, any bytes, as a JSON string with its quotes; a byte that is not UTF-8 is the character of its number.  malloc'ed. */
char *json_quote(const char *text);
