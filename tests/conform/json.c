// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/json.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_HELD "9223372036854775807"  /* what the library can hold */
#define MAX_U64  "18446744073709551615" /* what a number may be */

/* Is the row of @n digits at @p, without leading zeros, greater than that of @limit? */
static bool above(const char *p, size_t n, const char *limit)
{
	size_t len = strlen(limit);

	return n != len ? n > len : memcmp(p, limit, n) > 0;
}

static size_t digits(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && isdigit((unsigned char)p[n]))
		n++;
	return n;
}

/* Is the token of @n digits at @p a whole number, and not a part of another token? */
static bool whole(const char *line, const char *p, size_t n, const char *end)
{
	return !(p > line && strchr("+-.eE", p[-1])) && !(p + n < end && strchr(".eE", p[n]));
}

/* The line with quotes around each number that the library cannot hold; malloc'ed, *out_len bytes. */
static char *quoted(const char *line, size_t len, size_t *out_len, bool *beyond)
{
	const char *end = line + len;
	char *out = malloc(3 * len + 1), *at = out;
	bool string = false;

	if (!out)
		return NULL;
	for (const char *p = line; p < end;) {
		size_t n = string ? 0 : digits(p, end);

		if (n > 0) {
			bool quote = above(p, n, MAX_HELD) && whole(line, p, n, end);

			*beyond |= quote && above(p, n, MAX_U64);
			at += sprintf(at, quote ? "\"%.*s\"" : "%.*s", (int)n, p);
			p += n;
			continue;
		}
		if (*p == '"')
			string = !string;
		else if (*p == '\\' && string && p + 1 < end)
			*at++ = *p++;
		*at++ = *p++;
	}
	*out_len = (size_t)(at - out);
	return out;
}

/* How many quotes were put in before byte @position of @text. */
static int put_in(const char *line, size_t len, const char *text, int position)
{
	int extra = 0;

	for (size_t i = 0; i < len && (int)i + extra < position; i++)
		while ((int)i + extra < position && text[i + (size_t)extra] != line[i])
			extra++;
	return extra;
}

json_t *vector_load(const char *line, size_t len, bool *beyond, json_error_t *why)
{
	size_t n = 0;
	char *text = quoted(line, len, &n, beyond);
	json_t *v;

	if (!text) {
		*why = (json_error_t){ .column = 1, .text = "out of memory" };
		return NULL;
	}
	v = json_loadb(text, n, JSON_REJECT_DUPLICATES, why);
	if (!v)
		why->column -= put_in(line, len, text, why->position);
	free(text);
	return v;
}

json_t *num(u64 v)
{
	char text[24];

	if (v <= INT64_MAX)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	return json_string(text);
}

/* Digits only, no zero in front. */
static bool parse(const char *s, u64 *out)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || s[n] || (s[0] == '0' && n > 1) || above(s, n, MAX_U64))
		return false;
	*out = strtoull(s, NULL, 10);
	return true;
}

int get_u64(const json_t *v, const char *what, u64 max, u64 *out, struct err *e)
{
	bool ok = false;
	u64 x = 0;

	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		x = (u64)json_integer_value(v);
		ok = true;
	} else if (json_is_string(v)) {
		ok = parse(json_string_value(v), &x) && x > INT64_MAX;
	}
	if (!ok || x > max)
		return err_set(e, ERR_VECTOR, "%s: expected a number 0..%llu", what,
		               (unsigned long long)max);
	*out = x;
	return 0;
}

int get_key(const json_t *o, const char *key, u64 max, u64 *out, struct err *e)
{
	return get_u64(json_object_get(o, key), key, max, out, e);
}

int get_index(const char *key, const char *what, u64 max, u64 *out, struct err *e)
{
	if (!parse(key, out) || *out > max)
		return err_set(e, ERR_VECTOR, "%s: expected an index 0..%llu, found \"%.40s\"",
		               what, (unsigned long long)max, key);
	return 0;
}

/* The first key of @keys whose values in @x and @y are not equal. */
static bool differs(const json_t *keys, const json_t *x, const json_t *y, const json_t **expected,
                    const json_t **got, char *part, size_t size)
{
	json_t *o = (json_t *)(uintptr_t)keys;

	for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
		const char *key = json_object_iter_key(it);

		*expected = json_object_get(x, key);
		*got = json_object_get(y, key);
		if (json_equal(*expected, *got))
			continue;
		snprintf(part, size, ".%.40s", key);
		return true;
	}
	return false;
}

/* One step down, to what differs first: false where that is the value itself. */
static bool step(const json_t **expected, const json_t **got, char *part, size_t size)
{
	const json_t *x = *expected, *y = *got;

	if (json_is_array(x) && json_is_array(y)) {
		size_t i = 0;

		while (i < json_array_size(x) &&
		       json_equal(json_array_get(x, i), json_array_get(y, i)))
			i++;
		*expected = json_array_get(x, i);
		*got = json_array_get(y, i);
		snprintf(part, size, "[%zu]", i);
		return true;
	}
	if (json_is_object(x) && json_is_object(y))
		return differs(x, x, y, expected, got, part, size) ||
		       differs(y, x, y, expected, got, part, size);
	return false;
}

void first_difference(const json_t **expected, const json_t **got, char *path, size_t size)
{
	char part[48];

	while (step(expected, got, part, sizeof(part))) {
		size_t n = strlen(path);

		snprintf(path + n, size - n, "%s", part);
	}
}
