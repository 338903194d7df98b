// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_rows.h"

#include <stdio.h>
#include <string.h>

void list_wrapped(const struct list_rows *r, u32 at, const char *text)
{
	u32 col = at;

	while (*text) {
		u32 n = (u32)strcspn(text, " "), gap = (u32)strspn(text + n, " ");

		if (r->width && col > at && col + n > r->width) {
			printf("\n%*s", (int)at, "");
			col = at;
		}
		printf("%.*s", (int)n, text);
		col += n;
		text += n + gap;
		if (*text && !(r->width && col + gap + strcspn(text, " ") > r->width)) {
			printf("%*s", (int)gap, "");
			col += gap;
		} else if (*text) {
			col = r->width;
		}
	}
	putchar('\n');
}

void list_row(struct list_rows *r, const char *kind, const char *id, const char *source,
              const char *sentence)
{
	json_t *o;

	if (!r->array) {
		int n = r->group ? printf("%-18s %-6s ", id, kind) : printf("%-16s ", id);

		list_wrapped(r, (u32)n, sentence);
		return;
	}
	o = json_object();
	json_object_set_new(o, "id", json_string(id));
	if (r->group)
		json_object_set_new(o, "kind", json_string(kind));
	if (*source)
		json_object_set_new(o, "source", json_string(source));
	json_object_set_new(o, "sentence", json_string(sentence));
	json_array_append_new(r->array, o);
}

json_t *list_words(const char *text)
{
	json_t *array = json_array();

	while (*text) {
		size_t n = strcspn(text, " ");

		json_array_append_new(array, json_stringn(text, n));
		text += n + (text[n] == ' ');
	}
	return array;
}
