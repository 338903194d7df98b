// SPDX-License-Identifier: GPL-2.0-only
/* What XML, URIs and workflow commands of GitHub ask for of characters that mean something to them. */
#include "oracle/results/results.h"

#include "oracle/results/annotate.h"
#include "oracle/results/junit.h"
#include "oracle/results/results_out.h"
#include "oracle/results/sarif.h"
#include "oracle/results/xml.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

static char *text;
static size_t size;

static FILE *begin(void)
{
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	return f;
}

static void is(FILE *f, const char *want)
{
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

/* Markup is escaped, and what no XML 1.0 document may have is written as its number. */
static void test_xml(void **state)
{
	static const struct {
		const char *from, *text, *attribute;
	} rows[] = {
		{ "a<b>&\"c'", "a&lt;b&gt;&amp;\"c'", "a&lt;b&gt;&amp;&quot;c'" },
		{ "]]>", "]]&gt;", "]]&gt;" },
		{ "a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d" },
		{ "\x01\x1b[1m\x1f\x7f", "\\x01\\x1b[1m\\x1f\x7f", "\\x01\\x1b[1m\\x1f\x7f" },
		{ "\xc3\xa9\xef\xbf\xbd", "\xc3\xa9\xef\xbf\xbd", "\xc3\xa9\xef\xbf\xbd" },
		{ "\xef\xbf\xbe|\xef\xbf\xbf", "\\ufffe|\\uffff", "\\ufffe|\\uffff" },
	};
	char want[128];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		FILE *f = begin();

		xml_text(f, rows[i].from);
		is(f, rows[i].text);
		f = begin();
		xml_attribute(f, "x", rows[i].from);
		snprintf(want, sizeof(want), " x=\"%s\"", rows[i].attribute);
		is(f, want);
	}
}

/* A path is a reference of a URI, and an absolute one a file's. */
static void test_uri(void **state)
{
	static const char *const rows[][2] = {
		{ "a/b.hlog", "a/b.hlog" },
		{ "/tmp/x", "file:///tmp/x" },
		{ "a b#c?d%", "a%20b%23c%3Fd%25" },
		{ "\xc3\xa9:1", "%C3%A9%3A1" },
		{ "../x", "../x" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		char *uri = sarif_uri(rows[i][0]);

		assert_string_equal(uri, rows[i][1]);
		free(uri);
	}
}

/* One suite, one case. */
static json_t *suites_of(const char *name, json_t *finding, const char *error)
{
	json_t *all = json_array(), *suite = results_suite(name, NULL, "hypsim x"),
	       *test = results_case(suite, "c", "t");

	if (finding)
		results_found(test, finding, false);
	if (error)
		results_error(test, error);
	json_array_append_new(all, suite);
	return all;
}

/* Of a property "%", ends of lines, ":" and "," are escaped, of the message "%" and ends of lines. */
static void test_annotation(void **state)
{
	json_t *all = suites_of("a:b,c%",
	                        json_pack("{s:s,s:s,s:s,s:s,s:i}", "check", "k", "row", "R",
	                                  "sentence", "50%: x, y\nz", "file", "f,:g", "line", 7),
	                        NULL);
	FILE *f = begin();

	(void)state;
	annotate_github(f, "hypsim x", all);
	is(f, "::error file=f%2C%3Ag,line=7,title=hypsim x a%3Ab%2Cc%25%3A R::"
	      "R: 50%25: x, y%0Az%0Af,:g:7\n");
	json_decref(all);
	all = suites_of("s", NULL, "it\r\nfails");
	f = begin();
	annotate_github(f, "hypsim x", all);
	is(f, "::error title=hypsim x s%3A t::it%0D%0Afails\n");
	json_decref(all);
}

/* A case has one state: a finding before an error before what was skipped. */
static void test_states(void **state)
{
	json_t *all = suites_of(
		"s", json_pack("{s:s,s:s,s:s}", "check", "k", "row", "R", "sentence", "x"), "e");
	json_t *suite = json_array_get(all, 0);
	FILE *f = begin();

	(void)state;
	results_skip(json_array_get(json_object_get(suite, "cases"), 0), "w");
	results_error(results_case(suite, "c", "u"), "e");
	results_skip(results_case(suite, "c", "v"), "w");
	results_more(results_case(suite, "c", "w"), 3);
	junit_write(f, "hypsim x", all);
	fclose(f);
	assert_non_null(strstr(text, "tests=\"4\" failures=\"2\" errors=\"1\" skipped=\"1\""));
	assert_non_null(strstr(text, "and 3 more, which are counted and not kept"));
	assert_null(strstr(strstr(text, "<error") + 1, "<error"));
	free(text);
	json_decref(all);
}

/* The line that shows it again is one for a shell, without the options that write results. */
static void test_line(void **state)
{
	char *argv[] = { "hypsim x",   "--junit", "a", "--sarif=b", "-o", "it's $1",
		         "--annotate", "github",  "",  "--all",     NULL };
	struct results_out o = { .junit = NULL };

	(void)state;
	results_out_line(&o, 10, argv);
	assert_string_equal(o.line, "hypsim x -o 'it'\\''s $1' '' --all");
	assert_int_equal(results_out_end(&o, "hypsim x", 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),        cmocka_unit_test(test_uri),
		cmocka_unit_test(test_annotation), cmocka_unit_test(test_states),
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
