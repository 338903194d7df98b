/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Numbers of 64 bits in JSON.  Counts and small numbers are numbers, as long as every reader holds them exactly (below 2^53),
 * and strings "0x..." beyond; what is an address, an entry, a register or a digest is such a string always.
 */
#include "sim/base/types.h"

#include <jansson.h>
#include <stdio.h>

json_t *json_u64(u64 v);
json_t *json_hex(u64 v);

/* The same as text, for who writes JSON by hand.  Returns buf. */
const char *json_u64_text(u64 v, char *buf, size_t size);
const char *json_hex_text(u64 v, char *buf, size_t size);

/* The number; false: @v is no such thing. */
bool json_u64_of(const json_t *v, u64 *out);

/* @text, any bytes: where it is not UTF-8, a byte above 0x7f is the character of its number. */
json_t *json_bytes(const char *text);
/* The same with its quotes, for who writes JSON by hand.  malloc'ed. */
char *json_quote(const char *text);

/* @v as it may stand in an element of an HTML page: nothing of it ends the element or begins another one, whatever it says. */
void json_in_page(FILE *f, const json_t *v);
