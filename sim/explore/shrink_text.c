// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/shrink_text.h"

#include "sim/base/number.h"
#include "sim/base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *p, size_t len)
{
	char *line = xcalloc(len + 1, 1);

	memcpy(line, p, len);
	return line;
}

static void add(struct scope_lines *l, const char *p)
{
	vec_push(l, copy(p, strlen(p)));
}

void lines_of(struct scope_lines *l, const struct scope *s)
{
	struct scope bare = *s;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	bare.verdict[0] = '\0';
	bare.has_classes = false;
	scope_print(f, &bare);
	fclose(f);
	*l = (struct scope_lines){ .n = 0 };
	for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
		vec_push(l, copy(p, strcspn(p, "\n")));
	free(text);
}

void lines_free(struct scope_lines *l)
{
	for (u32 i = 0; i < l->n; i++)
		free(l->v[i]);
	vec_free(l);
}

int lines_parse(const struct scope_lines *l, const struct scope *like, struct scope **out,
                struct err *e)
{
	struct scope_opts o = { .seed = like->seed };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (!f)
		abort();
	for (u32 i = 0; i < l->n; i++)
		fprintf(f, "%s\n", l->v[i]);
	fclose(f);
	errata_defaults(&o.errata);
	rc = scope_parse(out, like->name, text, len, &o, e);
	free(text);
	return rc;
}

static bool first_is(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 && (line[n] == ' ' || line[n] == '\0');
}

u32 lines_unit(const struct scope_lines *l, u32 i)
{
	static const char *const kept[] = { "depend", "grain",      "checks", "erratum",
		                            "boot",   "concurrent", "end",    "expect" };
	u32 n = 1;

	for (u32 k = 0; k < ARRAY_SIZE(kept); k++)
		if (first_is(l->v[i], kept[k]))
			return 0;
	/* Whose the next lines are, if there are none. */
	if (first_is(l->v[i], "cpu"))
		return i + 1 < l->n &&
		       (first_is(l->v[i + 1], "cpu") || first_is(l->v[i + 1], "end"));
	while (i + n < l->n && first_is(l->v[i + n], "expect"))
		n++;
	return n;
}

void lines_without(struct scope_lines *out, const struct scope_lines *l, const bool *gone)
{
	*out = (struct scope_lines){ .n = 0 };
	for (u32 i = 0; i < l->n; i++)
		if (!gone || !gone[i])
			add(out, l->v[i]);
}

void lines_without_cpu(struct scope_lines *out, const struct scope_lines *l, u32 cpu)
{
	bool inside = false, its = false;
	char line[32];

	*out = (struct scope_lines){ .n = 0 };
	for (u32 i = 0; i < l->n; i++) {
		u32 n;

		if (first_is(l->v[i], "concurrent") || first_is(l->v[i], "end")) {
			inside = first_is(l->v[i], "concurrent");
			its = false;
		}
		if (!first_is(l->v[i], "cpu")) {
			if (!its)
				add(out, l->v[i]);
			continue;
		}
		n = (u32)strtoul(l->v[i] + 4, NULL, 10);
		its = inside && n == cpu;
		if (its)
			continue;
		snprintf(line, sizeof(line), "cpu %u", n == cpu ? 0 : n > cpu ? n - 1 : n);
		add(out, line);
	}
}

/* Simpler numbers, the simplest first; false: no more. */
static bool simpler(u64 v, u32 how, u64 *out)
{
	const u64 ways[] = { 0, 1, v / 2 & ~0xfffull, v / 2 };

	if (how >= ARRAY_SIZE(ways))
		return false;
	*out = ways[how];
	return true;
}

int lines_simpler(struct scope_lines *out, const struct scope_lines *l, u32 i, u32 which, u32 how)
{
	const char *line = l->v[i], *p = line + strcspn(line, " ");
	u64 v = 0, to = 0;
	char text[SCOPE_CALL_TEXT];

	for (;; p += strcspn(p, " ")) {
		size_t len;

		p += strspn(p, " ");
		if (!*p)
			return -1;
		len = strcspn(p, " ");
		if (isdigit((unsigned char)*p) && number_parse(p, len, &v) && which-- == 0)
			break;
	}
	/* Only what is less is simpler. */
	if (!simpler(v, how, &to))
		return 0;
	if (to >= v)
		to = v;
	lines_without(out, l, NULL);
	snprintf(text, sizeof(text), to < 10 ? "%.*s%llu%s" : "%.*s0x%llx%s", (int)(p - line), line,
	         (unsigned long long)to, p + strcspn(p, " "));
	free(out->v[i]);
	out->v[i] = copy(text, strlen(text));
	return 1;
}
