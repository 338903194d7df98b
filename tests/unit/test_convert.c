// SPDX-License-Identifier: GPL-2.0-only

/* A text log as a binary one and back: what stays, what has no binary form. */
#include "oracle/data.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/text/open.h"
#include "sim/log/text/text.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONFIG                                                                              \
	"#! config {\"cpus\":2,\"total_cpu\":8,\"fairness\":20,\"lock_bound\":10,"          \
	"\"start_ticket\":0,\"start_now\":0,\"seed\":0,\"machine\":true,\"barriers\":true," \
	"\"keep_reads\":false,\"timestamps\":true,\"digests\":true,\"scenario\":\"\","      \
	"\"ops\":[],\"init\":[]}\n"

/* To the file @path; what that gives. */
static int to_binary(const char *text, const char *path, struct err *e)
{
	struct log_source *s;
	int rc = text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, e);

	if (rc < 0)
		return rc;
	rc = convert_to_binary(s, doracle, path, PACK_PLAIN, e);
	s->close(s);
	return rc;
}

/* Without its first line, the configuration. */
static char *back(const char *path)
{
	char *text = NULL, *line;
	struct log_source *s;
	size_t size = 0;
	struct err e;
	FILE *f;

	assert_int_equal(log_open(path, &s, &e), 0);
	f = open_memstream(&text, &size);
	assert_int_equal(convert_to_text(s, doracle, f, &e), 0);
	fclose(f);
	s->close(s);
	line = strchr(text, '\n');
	assert_non_null(line);
	memmove(text, line + 1, strlen(line));
	return text;
}

static int fd;
static char path[64];

static int setup(void **state)
{
	(void)state;
	fd = memfd_create("log", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	return close(fd);
}

static void assert_stays(const char *text)
{
	char all[4096], *have;
	struct err e;

	snprintf(all, sizeof(all), "%s%s", CONFIG, text);
	if (to_binary(all, path, &e) < 0)
		fail_msg("%s", e.msg);
	have = back(path);
	assert_string_equal(have, text);
	free(have);
}

/* The time stays of every kind of event that has one: of steps in one record and in several, of marks, of what is pushed. */
static void test_times(void **state)
{
	(void)state;
	assert_stays("#! 0 time 5\n#! 0 begin 7\n"
	             "#! 0 time 300\n1 0 INC_TICKET 10\n"
	             "#! 0 time 300\n1 0 GET_NOW\n"
	             "#! 0 time 300\n1 0 HOLD_LOCK\n"
	             "#! 0 time 70000\n1 0 OPULL 1\n"
	             "#! 0 time 70000\n1 0 OCORE_DATA\n"
	             "#! 0 time 16777215\n1 0 INC_NOW\n"
	             "#! 0 time 4294967296\n1 0 INC_TICKET 10\n"
	             "#! 0 time 4294967297\n1 0 GET_NOW\n"
	             "#! 0 time 4294967298\n1 0 HOLD_LOCK\n"
	             "#! 0 time 4294967299\n1 0 INC_NOW\n"
	             "#! 0 time 72057594037927935\n0 0 OFLATMEM\n");
	/* each CPU has its own, and not every event has one */
	assert_stays("#! 0 time 3\n#! 0 begin 6\n#! 0 begin 6\n#! 0 time 4\n#! 0 begin 6\n"
	             "#! 1 time 2\n#! 1 begin 7\n#! 1 begin 8\n");
}

/* A step that is held back for a longer record comes with its own time. */
static void test_times_of_what_is_held_back(void **state)
{
	(void)state;
	assert_stays("1 0 INC_TICKET 10\n#! 0 time 2\n1 0 GET_NOW\n#! 0 time 2\n1 0 HOLD_LOCK\n"
	             "1 0 INC_NOW\n");
	assert_stays("#! 0 time 1\n1 0 INC_TICKET 10\n1 0 GET_NOW\n1 0 HOLD_LOCK\n1 0 INC_NOW\n");
	assert_stays("#! 0 time 1\n1 0 INC_TICKET 10\n#! 0 time 2\n1 0 GET_NOW\n");
}

/* A time that goes back, or so far ahead that one record does not hold the way, stays what it is. */
static void test_times_back_and_far(void **state)
{
	(void)state;
	assert_stays("#! 0 time 5\n#! 0 begin 7\n#! 0 time 4\n#! 0 begin 7\n#! 0 time 6\n#! 0 "
	             "begin 7\n");
	assert_stays("#! 1 time 72057594037927936\n#! 1 begin 7\n");
	assert_stays("#! 1 time 18446744073709551615\n#! 1 begin 7\n#! 1 time 0\n#! 1 begin 8\n"
	             "#! 1 time 1\n#! 1 begin 8\n");
	assert_stays("1 0 INC_TICKET 10\n#! 0 time 9\n1 0 GET_NOW\n#! 0 time 3\n1 0 HOLD_LOCK\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_times),
		T(test_times_of_what_is_held_back),
		T(test_times_back_and_far),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
