// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/json.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest number below which all are exact in a double, as many readers have them. */
#define EXACT (1ull << 53)

json_t *json_u64(u64 v)
{
	return v < EXACT ? json_integer((json_int_t)v) : json_hex(v);
}

json_t *json_hex(u64 v)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)v);
	return json_string(hex);
}

const char *json_u64_text(u64 v, char *buf, size_t size)
{
	if (v >= EXACT)
		return json_hex_text(v, buf, size);
	snprintf(buf, size, "%llu", (unsigned long long)v);
	return buf;
}

const char *json_hex_text(u64 v, char *buf, size_t size)
{
	snprintf(buf, size, "\"0x%llx\"", (unsigned long long)v);
	return buf;
}

bool json_u64_of(const json_t *v, u64 *out)
{
	const char *s = json_string_value(v);

	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*out = (u64)json_integer_value(v);
		return true;
	}
	if (!s || strncmp(s, "0x", 2) != 0 || strlen(s) > 18 || strlen(s) < 3)
		return false;
	if (strspn(s + 2, "0123456789abcdefABCDEF") != strlen(s + 2))
		return false;
	*out = strtoull(s, NULL, 16);
	return true;
}

/* Each byte above 0x7f as the two bytes of U+0080..U+00FF. */
static char *widen(const char *text)
{
	char *out = xcalloc(2 * strlen(text) + 1, 1), *p = out;

	for (; *text; text++) {
		u8 c = (u8)*text;

		if (c >= 0x80)
			*p++ = (char)(0xc0 | c >> 6);
		*p++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	return out;
}

json_t *json_bytes(const char *text)
{
	json_t *s = json_string(text);
	char *wide;

	if (s)
		return s;
	wide = widen(text);
	s = json_string(wide);
	free(wide);
	return s;
}

char *json_quote(const char *text)
{
	json_t *s = json_bytes(text);
	char *out = json_dumps(s, JSON_ENCODE_ANY);

	json_decref(s);
	SIM_ASSERT(out != NULL);
	return out;
}

void json_in_page(FILE *f, const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);

	/* These are in strings only. */
	for (const char *p = text; *p; p++) {
		if (*p == '<' || *p == '>' || *p == '&')
			fprintf(f, "\\u%04x", (unsigned)*p);
		else
			fputc(*p, f);
	}
	free(text);
}
