// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/annotate.h"

#include "oracle/results/results.h"

#include <stdlib.h>
#include <string.h>

static void escape(FILE *f, const char *s, const char *also)
{
	size_t len = strlen(s);

	while (len && s[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if (strchr("%\r\n", s[i]) || strchr(also, s[i]))
			fprintf(f, "%%%02X", (unsigned char)s[i]);
		else
			fputc(s[i], f);
}

static void property(FILE *f, const char *sep, const char *name, const char *value)
{
	fprintf(f, "%s%s=", sep, name);
	escape(f, value, ":,");
}

static void command_line(FILE *f, const char *word, const char *title, const json_t *finding,
                         const char *text)
{
	const char *sep = " ", *file = results_string(finding, "file");
	char line[16];

	fprintf(f, "::%s", word);
	if (file[0]) {
		property(f, sep, "file", file);
		snprintf(line, sizeof(line), "%d",
		         (int)json_integer_value(json_object_get(finding, "line")));
		property(f, ",", "line", line);
		sep = ",";
	}
	property(f, sep, "title", title);
	fputs("::", f);
	escape(f, text, "");
	fputc('\n', f);
}

/* GitHub shows ten annotations of a step: a case has one, of its first finding. */
static void annotate_case(FILE *f, const char *command, const json_t *suite, const json_t *test)
{
	const json_t *findings = json_object_get(test, "findings"),
		     *first = json_array_get(findings, 0);
	const char *error = results_string(test, "error");
	size_t others = json_array_size(findings) - (first != NULL);
	char title[256], *text, *all;

	snprintf(title, sizeof(title), "%s %s: %s", command, results_string(suite, "name"),
	         first ? results_string(first, "row") : results_string(test, "name"));
	if (first) {
		text = results_text(first);
		if (asprintf(&all, others ? "%sand %zu more of this check\n" : "%s", text, others) <
		    0)
			abort();
		command_line(f, "error", title, first, all);
		free(all);
		free(text);
	} else if (error[0]) {
		command_line(f, "error", title, NULL, error);
	}
}

void annotate_github(FILE *f, const char *command, const json_t *suites)
{
	size_t i, k;
	json_t *suite, *test;

	json_array_foreach(suites, i, suite)
		json_array_foreach(json_object_get(suite, "cases"), k, test)
			annotate_case(f, command, suite, test);
}
