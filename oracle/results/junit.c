// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/junit.h"

#include "oracle/results/results.h"
#include "oracle/results/xml.h"
#include "sim/log/json.h"

#include <stdlib.h>

struct counts {
	u32 tests, failures, errors, skipped;
};

/* A case has one state only: a finding decides, then an error. */
static void count(struct counts *n, const json_t *suite)
{
	size_t i;
	json_t *test;

	json_array_foreach(json_object_get(suite, "cases"), i, test)
	{
		n->tests++;
		if (results_fails(test))
			n->failures++;
		else if (json_object_get(test, "error"))
			n->errors++;
		else if (json_object_get(test, "skipped"))
			n->skipped++;
	}
}

static void number(FILE *f, const char *name, u32 n)
{
	fprintf(f, " %s=\"%u\"", name, n);
}

static void counts_and_time(FILE *f, const struct counts *n, double seconds)
{
	number(f, "tests", n->tests);
	number(f, "failures", n->failures);
	number(f, "errors", n->errors);
	number(f, "skipped", n->skipped);
	fprintf(f, " time=\"%.3f\">\n", seconds);
}

static void texts(FILE *f, const json_t *findings)
{
	size_t i;
	json_t *finding;

	json_array_foreach(findings, i, finding)
	{
		char *text = results_text(finding);

		if (i)
			fputc('\n', f);
		xml_text(f, text);
		free(text);
	}
}

static void failure(FILE *f, const json_t *test)
{
	const json_t *findings = json_object_get(test, "findings"),
		     *first = json_array_get(findings, 0);
	u64 more = 0;

	(void)json_u64_of(json_object_get(test, "more"), &more);
	fputs("      <failure", f);
	xml_attribute(f, "message",
	              first ? results_string(first, "sentence") : "found, and not kept in full");
	xml_attribute(f, "type", first ? results_string(first, "row") : "more");
	fputc('>', f);
	texts(f, findings);
	if (more)
		fprintf(f, "and %llu more, which are counted and not kept\n",
		        (unsigned long long)more);
	fputs("</failure>\n", f);
}

static void message(FILE *f, const char *tag, const char *text)
{
	fprintf(f, "      <%s", tag);
	xml_attribute(f, "message", text);
	fputs("/>\n", f);
}

static void state(FILE *f, const json_t *test)
{
	if (results_fails(test))
		failure(f, test);
	else if (json_object_get(test, "error"))
		message(f, "error", results_string(test, "error"));
	else if (json_object_get(test, "skipped"))
		message(f, "skipped", results_string(test, "skipped"));
}

static void one(FILE *f, const char *command, const json_t *test)
{
	const json_t *known = json_object_get(test, "known"),
		     *first = json_array_get(json_object_get(test, "findings"), 0);
	char class[96], line[16];

	snprintf(class, sizeof(class), "%s.%s", command, results_string(test, "class"));
	fputs("    <testcase", f);
	xml_attribute(f, "classname", class);
	xml_attribute(f, "name", results_string(test, "name"));
	if (results_string(first, "file")[0]) {
		snprintf(line, sizeof(line), "%d",
		         (int)json_integer_value(json_object_get(first, "line")));
		xml_attribute(f, "file", results_string(first, "file"));
		xml_attribute(f, "line", line);
	}
	fputs(">\n", f);
	state(f, test);
	if (json_array_size(known)) {
		fputs("      <system-out>known, which decides nothing:\n", f);
		texts(f, known);
		fputs("</system-out>\n", f);
	}
	fputs("    </testcase>\n", f);
}

static void property(FILE *f, const char *name, const char *value)
{
	fputs("      <property", f);
	xml_attribute(f, "name", name);
	xml_attribute(f, "value", value);
	fputs("/>\n", f);
}

static void suite_write(FILE *f, const char *command, const json_t *suite)
{
	struct counts n = { 0 };
	size_t i;
	json_t *test;

	count(&n, suite);
	fputs("  <testsuite", f);
	xml_attribute(f, "name", results_string(suite, "name"));
	counts_and_time(f, &n, json_number_value(json_object_get(suite, "seconds")));
	fputs("    <properties>\n", f);
	property(f, "version", HYPSIM_VERSION);
	property(f, "command", results_string(suite, "again"));
	if (results_string(suite, "log")[0])
		property(f, "log", results_string(suite, "log"));
	fputs("    </properties>\n", f);
	json_array_foreach(json_object_get(suite, "cases"), i, test) one(f, command, test);
	fputs("  </testsuite>\n", f);
}

void junit_write(FILE *f, const char *command, const json_t *suites)
{
	struct counts n = { 0 };
	double seconds = 0;
	size_t i;
	json_t *suite;

	json_array_foreach(suites, i, suite)
	{
		count(&n, suite);
		seconds += json_number_value(json_object_get(suite, "seconds"));
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", f);
	xml_attribute(f, "name", command);
	counts_and_time(f, &n, seconds);
	json_array_foreach(suites, i, suite) suite_write(f, command, suite);
	fputs("</testsuites>\n", f);
}
