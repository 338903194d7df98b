// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text_line.h"

#include "shmem/obj/obj.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

struct text_word text_next(struct text_line *l)
{
	const char *p = l->at;

	while (p < l->end && blank(*p))
		p++;
	struct text_word w = { .p = p };
	if (p < l->end && *p != '#')
		while (p < l->end && !blank(*p))
			p++;
	w.len = (size_t)(p - w.p);
	l->at = p;
	return w;
}

bool text_is(struct text_word w, const char *what)
{
	return strlen(what) == w.len && memcmp(w.p, what, w.len) == 0;
}

bool text_u64(struct text_word w, u64 *out)
{
	u64 v = 0;

	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] < '0' || w.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (u64)(w.p[i] - '0'), &v))
			return false;
	}
	*out = v;
	return w.len > 0;
}

static bool hex_digit(char c, u64 *out)
{
	if (c >= '0' && c <= '9')
		*out = (u64)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*out = (u64)(c - 'a' + 10);
	else
		return false;
	return true;
}

bool text_number(struct text_word w, u64 *out)
{
	u64 v = 0, digit;

	if (w.len < 3 || w.p[0] != '0' || w.p[1] != 'x')
		return text_u64(w, out);
	for (size_t i = 2; i < w.len; i++) {
		if (!hex_digit(w.p[i], &digit) || v >> 60)
			return false;
		v = v << 4 | digit;
	}
	*out = v;
	return true;
}

bool text_quoted(struct text_line *l, struct text_word w, char *out, size_t size, size_t *len)
{
	const char *p = w.p;
	u64 high, low;

	*len = 0;
	if (*p++ != '"')
		return false;
	for (; p < l->end && *p != '"'; p++) {
		char c = *p;

		if (c == '\\') {
			if (l->end - p < 2)
				return false;
			c = *++p;
			if (c == 'x') {
				if (l->end - p < 3 || !hex_digit(p[1], &high) ||
				    !hex_digit(p[2], &low) || (high << 4 | low) == 0)
					return false;
				c = (char)(high << 4 | low);
				p += 2;
			}
		}
		if (*len + 1 == size)
			return false;
		out[(*len)++] = c;
	}
	if (p == l->end)
		return false;
	l->at = p + 1;
	return true;
}

bool text_object(struct text_word w, u64 *out)
{
	char name[24];

	if (text_u64(w, out))
		return true;
	for (lk_t id = 0; id < ID_END; id++) {
		if (!text_is(w, obj_name(id, name, sizeof(name))))
			continue;
		*out = id;
		return true;
	}
	return false;
}

bool text_digest(struct text_word w, u64 *out, u8 *len)
{
	u64 v = 0, digit;

	if ((w.len != 3 && w.len != 17) || w.p[0] != '@')
		return false;
	for (size_t i = 1; i < w.len; i++) {
		if (!hex_digit(w.p[i], &digit))
			return false;
		v = v << 4 | digit;
	}
	*out = v;
	*len = w.len == 3 ? 1 : 8;
	return true;
}

int text_expected(const struct text_line *l, struct text_word found, size_t skip, struct err *e,
                  const char *what, ...)
{
	char text[256], shown[64];
	size_t n = 0;
	va_list ap;

	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	for (size_t i = skip; i < found.len && n < 40; i++) {
		unsigned char c = (unsigned char)found.p[i];

		if (c < ' ' || c == 0x7f)
			n += (size_t)snprintf(shown + n, sizeof(shown) - n, "\\x%02x", c);
		else
			shown[n++] = (char)c;
	}
	shown[n] = '\0';
	return err_set(e, ERR_TEXT, "%s:%llu:%llu: expected %s, found %s%s%s%s", l->file,
	               (unsigned long long)l->number,
	               (unsigned long long)(found.p + skip - l->begin) + 1, text,
	               n ? "\"" : "the end of the line", shown,
	               n && found.len - skip > 40 ? "..." : "", n ? "\"" : "");
}
