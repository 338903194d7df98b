// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/rng.h"
#include "sim/log/text/text.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads all of it and prints it to @out; returns what the last next() returned. */
static int copy(const char *text, size_t len, enum text_mode mode, FILE *out, struct err *e)
{
	struct event ev[7];
	struct log_source *s;
	u32 n = 0;
	int rc = text_open_memory(&s, "t.log", text, len, mode, e);

	if (rc < 0)
		return rc;
	if (out)
		text_print_config(out, s->config);
	while ((rc = s->next(s, ev, ARRAY_SIZE(ev), &n, e)) == 0 && n > 0)
		for (u32 i = 0; out && i < n; i++)
			text_print_event(out, s->config, s->lock_name(s, ev[i].lk), &ev[i]);
	s->close(s);
	return rc;
}

#define CONFIG                                                                             \
	"#! config {\"cpus\":4,\"total_cpu\":8,\"fairness\":20,\"lock_bound\":10,"         \
	"\"start_ticket\":0,\"start_now\":0,\"seed\":0,\"machine\":true,\"barriers\":true" \
	",\"keep_reads\":false,\"timestamps\":true,\"digests\":true,\"scenario\":\"x\","   \
	"\"ops\":[\"map_page\"],\"init\":[]}\n"

/* Every kind of line is printed as it was read. */
static void lines_round_trip(void **state)
{
	static const char text[] =
		CONFIG "#! 0 episode 0\n"
		       "#! 0 begin map_page 7 0xffffffffffffffff\n"
		       "#! 0 time 12345\n"
		       "1 0 INC_TICKET 4294967295\n"
		       "1 0 GET_NOW\n"
		       "1 0 HOLD_LOCK\n"
		       "#! 0 barrier\n"
		       "1 0 OPULL 1 @0f\n"
		       "1 0 OCORE_DATA next_vmid[0]=1>2 next_remap_ptr[0]=0>9 @a0\n"
		       "1 0 INC_NOW\n"
		       "#! 0 end 1\n"
		       "5 1 OPULL 5 @0123456789abcdef\n"
		       "5 1 ONPT pt_vttbr_pool[0x10000..0x10010]=0>0xffffffffffffffff\n"
		       "0 2 OFLATMEM flatmem[0x10..0x1f]=0>7\n"
		       "0 2 OFLATMEM flatmem[5..8]=doracle(3,0x11) flatmem[5]=1>2 @ab\n"
		       "0 2 OFLATMEM ?\n"
		       "2 3 OS2_PAGE\n"
		       "22 3 OVMINFO vm_state[0]=0>2\n"
		       "3 3 OSPT spt_pgd_next[0]=0>2\n"
		       "4 3 OSMMU smmu_vmid[0xf]=0>2 @fedcba9876543210\n"
		       "1 3 CAS_TICKET\n"
		       "1 3 WAIT_LOCK 10\n"
		       "1 3 REL_LOCK\n"
		       "#! 1 stuck STUCK_LOCK_NOT_OWN\n"
		       "#! 1 stuck STUCK_RANGE \"f(1) \\\"#\\\\ \\x0a\\x7f\"\n"
		       "#! 2 panic\n"
		       "#! 0 close\n";
	const size_t config = strlen(CONFIG) - strlen("}\n");
	char *printed = NULL;
	size_t size = 0;
	struct err e;
	FILE *f = open_memstream(&printed, &size);

	(void)state;
	assert_int_equal(copy(text, strlen(text), TEXT_MACHINE, f, &e), 0);
	fclose(f);
	/* The configuration's line goes on with what the text leaves at its default. */
	assert_memory_equal(printed, text, config);
	assert_memory_equal(&printed[config], ",\"errata\":{", 11);
	assert_string_equal(strchr(printed, '\n'), strchr(text, '\n'));
	free(printed);
}

/* Blanks, comments, names, CRLF and a missing last newline do not matter. */
static void layout_does_not_matter(void **state)
{
	static const char text[] = "# a comment\r\n\r\n\t NPT:3\t1  INC_TICKET 010 # behind\r\n"
				   "   \n8 1 GET_NOW";
	struct event ev[4];
	struct log_source *s;
	struct err e;
	u32 n;

	(void)state;
	assert_int_equal(text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, &e), 0);
	assert_int_equal(s->config->cpus, 2);
	assert_true(s->config->machine);
	assert_int_equal(s->next(s, ev, 4, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(ev[0].lk, 8);
	assert_int_equal(ev[0].arg, 10);
	assert_int_equal(ev[1].lk, 8);
	assert_int_equal(s->next(s, ev, 4, &n, &e), 0);
	assert_int_equal(n, 0);
	s->close(s);
}

/* A machine's events carry the words that the atomics returned; a new episode starts them again. */
static void words_are_replayed(void **state)
{
	static const char text[] =
		"#! config {\"cpus\":2,\"start_ticket\":4294967295,\"start_now\":4294967295}\n"
		"#! 0 episode 0\n#! 1 episode 0\n"
		"1 0 INC_TICKET 10\n1 0 GET_NOW\n1 1 INC_TICKET 10\n1 0 INC_NOW\n1 1 GET_NOW\n"
		"#! 0 episode 1\n1 0 INC_TICKET 10\n#! 1 episode 1\n1 0 GET_NOW\n";
	static const u32 want[][2] = {
		{ ~0u, ~0u }, { 0, ~0u },   { 0, ~0u }, { 1, ~0u },
		{ 1, 0 },     { ~0u, ~0u }, { 0, ~0u },
	};
	struct event ev[16];
	struct log_source *s;
	struct err e;
	u32 n, k = 0;

	(void)state;
	assert_int_equal(text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, &e), 0);
	assert_int_equal(s->next(s, ev, 16, &n, &e), 0);
	for (u32 i = 0; i < n; i++) {
		if (event_is_mark(ev[i].kind))
			continue;
		assert_true(ev[i].flags & EVF_WORD);
		assert_int_equal(ev[i].ticket, want[k][0]);
		assert_int_equal(ev[i].now, want[k++][1]);
	}
	assert_int_equal(k, ARRAY_SIZE(want));
	s->close(s);
}

/* Flat memory's events are numbered in the order of their lines, from the start value, in each episode. */
static void flat_memory_is_numbered(void **state)
{
	static const char text[] =
		"#! config {\"cpus\":2,\"start_ticket\":4294967295,\"start_now\":4294967295}\n"
		"#! 0 episode 0\n0 0 OFLATMEM\n1 0 INC_TICKET 10\n0 1 OFLATMEM ?\n"
		"1 1 OFLATMEM\n#! 0 episode 1\n0 0 OFLATMEM\n";
	struct event ev[16];
	struct log_source *s;
	struct err e;
	u32 n;

	(void)state;
	assert_int_equal(text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, &e), 0);
	assert_int_equal(s->next(s, ev, 16, &n, &e), 0);
	assert_int_equal(n, 7);
	assert_int_equal(ev[1].flags, EVF_WORD);
	assert_int_equal(ev[1].ticket, ~0u);
	assert_int_equal(ev[1].now, ~0u);
	assert_int_equal(ev[3].flags, EVF_WORD | EVF_FILLED);
	assert_int_equal(ev[3].ticket, 0);
	assert_int_equal(ev[4].flags, 0);
	assert_int_equal(ev[6].ticket, ~0u);
	s->close(s);
}

/* A free log's locks are any numbers, in order of first appearance; its directives are comments. */
static void free_locks_are_interned(void **state)
{
	enum { LOCKS = 5000 };
	struct event ev[SOURCE_BATCH];
	char *text = NULL;
	size_t size = 0;
	struct log_source *s;
	struct err e;
	u32 n, at = 0;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	fprintf(f, "#! anything\n");
	for (u32 round = 0; round < 2; round++)
		for (u32 i = 0; i < LOCKS; i++)
			fprintf(f, "%llu 63 GET_NOW\n", ~0ull - (unsigned long long)i * 4096);
	fclose(f);
	assert_int_equal(text_open_memory(&s, "t", text, size, TEXT_FREE, &e), 0);
	while (s->next(s, ev, SOURCE_BATCH, &n, &e) == 0 && n > 0)
		for (u32 i = 0; i < n; i++, at++) {
			assert_int_equal(ev[i].lk, at % LOCKS);
			assert_true(s->lock_name(s, ev[i].lk) == ~0ull - (at % LOCKS) * 4096ull);
		}
	assert_int_equal(at, 2 * LOCKS);
	s->close(s);
	free(text);
}

/* Malformed lines, and what is said of them behind the line's place. */
static const struct {
	const char *line, *message;
} bad[] = {
	{ "x 0 GET_NOW", "1: expected a lock, a number 0..38 or a name as NPT:3, found \"x\"" },
	{ "39 0 GET_NOW", "1: expected a lock, a number 0..38 or a name as NPT:3, found "
	                  "\"39\"" },
	{ "NPT:17 0 GET_NOW", "1: expected a lock" },
	{ "18446744073709551616 0 GET_NOW", "1: expected a lock" },
	{ "1", "2: expected a CPU 0..0, found the end of the line" },
	{ "1 64 GET_NOW", "3: expected a CPU 0..0, found \"64\"" },
	{ "1 -1 GET_NOW", "3: expected a CPU 0..0, found \"-1\"" },
	{ "1 0", "4: expected an event, as INC_TICKET or OPULL, found the end of the line" },
	{ "1 0 GET_NO", "5: expected an event, as INC_TICKET or OPULL, found \"GET_NO\"" },
	{ "1 0 INC_TICKET", "15: expected a bound below 2^32, found the end" },
	{ "1 0 INC_TICKET # 7", "16: expected a bound below 2^32, found the end" },
	{ "1 0 INC_TICKET 4294967296", "16: expected a bound below 2^32, found \"42" },
	{ "1 0 OPULL x", "11: expected an object number below 2^32, found \"x\"" },
	{ "1 0 GET_NOW 1", "13: expected the end of the line, found \"1\"" },
	{ "1 0 GET_NOW @ab", "13: expected the end of the line, found \"@ab\"" },
	{ "1 0 OPULL 1 next_vmid[0]=1>2", "13: expected a digest or the end of the line" },
	{ "1 0 OCORE_DATA @a", "16: expected a digest, '@' and 2 or 16 digits" },
	{ "1 0 OCORE_DATA @AB", "16: expected a digest" },
	{ "1 0 OCORE_DATA @ab @ab", "20: expected one digest, found \"@ab\"" },
	{ "1 0 OCORE_DATA vmid[0]=1>2", "16: expected a field of the object" },
	{ "1 0 OCORE_DATA next_vmid[1]=1>2", "26: expected an index in the field's range" },
	{ "1 0 OCORE_DATA next_vmid[0]=1", "30: expected '>' and the new value, found the" },
	{ "0 0 OFLATMEM flatmem[5]=doracle(17,1)", "33: expected a vmid 0..16" },
	{ "1 0 OCORE_DATA next_vmid[0]=doracle(3,1)", "29: expected the old value, below 2^64" },
	{ "1 0 OCORE_DATA ?", "16: expected a field of the object" },
	{ "0 0 OFLATMEM ? @00", "16: expected the end of the line" },
	{ "0 0 OFLATMEM @00 ?", "18: expected a field of the object" },
	{ "5 0 OCORE_DATA next_vmid[0]=1>2",
	  "16: expected the end of the line: OCORE_DATA pushes no object of lock 5" },
	{ "#! 0 fly", "6: expected a mark, as barrier or episode, or time, found \"fly\"" },
	{ "#! 64 panic", "4: expected a CPU 0..0" },
	{ "#! 0 time soon", "11: expected nanoseconds below 2^64, found \"soon\"" },
	{ "#! 0 close 1", "12: expected the end of the line, found \"1\"" },
	{ "#! 0 episode", "13: expected number: a number below 2^64, found the end" },
	{ "#! 0 episode 1 2", "16: expected the end of the line, found \"2\"" },
	{ "#! 0 episode 18446744073709551616", "14: expected number: a number below 2^64" },
	{ "#! 0 end 0x10000000000000000", "10: expected result: a number below 2^64" },
	{ "#! 0 end 0x", "10: expected result: a number below 2^64, found \"0x\"" },
	{ "#! 0 begin 1fly", "12: expected operation: an operation of the configuration, or "
	                     "a number below 2^64, found \"1fly\"" },
	{ "#! 0 op fly", "9: expected operation: an atomic operation of the hypervisor" },
	{ "#! 0 stuck fly", "12: expected rule: a rule, or a number below 2^64, found" },
	{ "#! 0 stuck", "11: expected rule: a rule, found the end of the line" },
	{ "#! 0 stuck \"f(1)\"", "12: expected rule: a rule, found \"\"f(1)\"\"" },
	{ "#! 0 stuck 1 2", "14: expected the end of the line, found \"2\"" },
	{ "#! 0 stuck 1 \"f(1)", "14: expected a sentence of at most 511 bytes between quotes" },
	{ "#! 0 stuck 1 \"\\x0g\"", "14: expected a sentence of at most 511 bytes" },
	{ "#! 0 stuck 1 \"\\x00\"", "14: expected a sentence of at most 511 bytes" },
	{ "#! 0 stuck 1 \"\\", "14: expected a sentence of at most 511 bytes" },
	{ "#! 0 stuck 1 \"a\" 2", "18: expected the end of the line, found \"2\"" },
	{ "#! 0 stuck 1 \"a\"b", "17: expected the end of the line, found \"b\"" },
	{ "#! 0 enter gvc", "12: expected entry: an entry of the core, or a number" },
	{ "#! 0 enter hvc", "15: expected what: a number below 2^64, found the end" },
	{ "#! 0 memory NPT:17 0", "13: expected object: an object, as NPT:3, or a number" },
	{ "#! 0 memory NPT:1", "18: expected digest: a number below 2^64, found the end" },
	{ "#! 0 fill VM:32 1 2 3 4 5", "11: expected space: an address space, as VM:3" },
	{ "#! 0 deadlock 0 NPT:1", "22: expected holder: a number below 2^64, found the end" },
	{ "#! 0 deadlock 0 NPT:1 1 2", "26: expected lock: an object, as NPT:3, found the end" },
	{ "#! 0 regs 2 x32", "13: expected register: a register, or a number" },
	{ "#! 0 regs 2 x0", "15: expected value: a number below 2^64, found the end" },
	{ "#! 0 mark63", "6: expected a mark, as barrier or episode, or time" },
	{ "#! 0 mark256 1", "6: expected a mark, as barrier or episode, or time" },
	{ "#! 0 mark", "6: expected a mark, as barrier or episode, or time" },
	{ "#! config {}", "4: expected the configuration before the first event" },
};

/* Every kind of malformed line is refused with its place and what was expected. */
static void malformed_lines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[200], want[300];
		struct err e = { 0 };
		int rc;

		snprintf(text, sizeof(text), "# x\n1 0 GET_NOW\n%s\n1 0 GET_NOW\n", bad[i].line);
		snprintf(want, sizeof(want), "t.log:3:%s", bad[i].message);
		rc = copy(text, strlen(text), TEXT_MACHINE, NULL, &e);
		if (rc != -ERR_TEXT || strncmp(e.msg, want, strlen(want)) != 0)
			fail_msg("%s: %d \"%s\", expected \"%s\"", bad[i].line, rc, e.msg, want);
	}
}

/* A mark has at most 256 arguments, a sentence at most 511 bytes. */
static void marks_have_their_limits(void **state)
{
	struct err e = { 0 };

	(void)state;
	for (u32 more = 0; more < 2; more++) {
		char text[2048] = "#! 0 begin 1";
		size_t at = strlen(text);

		for (u32 i = 1; i < MAX_MARK_ARGS + more; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, " 7");
		assert_int_equal(copy(text, at, TEXT_MACHINE, NULL, &e), more ? -ERR_TEXT : 0);
		at = (size_t)snprintf(text, sizeof(text), "#! 0 stuck 1 \"");
		memset(text + at, 'x', MAX_MARK_TEXT + more);
		at += MAX_MARK_TEXT + more;
		text[at++] = '"';
		assert_int_equal(copy(text, at, TEXT_MACHINE, NULL, &e), more ? -ERR_TEXT : 0);
	}
	assert_string_equal(e.msg,
	                    "t.log:1:14: expected a sentence of at most 511 bytes between "
	                    "quotes, found \"\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\"");
	assert_int_equal(copy("#! 0 begin 1 2 3 x", 18, TEXT_MACHINE, NULL, &e), -ERR_TEXT);
}

/* A NUL byte, a wrong configuration and an empty text are errors of their own. */
static void other_malformed_texts(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(copy("# a\0b\n", 6, TEXT_FREE, NULL, &e), -ERR_TEXT);
	assert_string_equal(e.msg, "t.log:1:4: expected text, found \"\\x00\"");
	assert_int_equal(copy("", 0, TEXT_FREE, NULL, &e), -ERR_EMPTY);
	assert_int_equal(copy("#! config {\"cpus\":0}", 20, TEXT_MACHINE, NULL, &e), -ERR_CONFIG);
	assert_string_equal(e.msg, "t.log:1:10: cpus: expected a number 1..64");
	assert_int_equal(copy("#! config {}", 12, TEXT_MACHINE, NULL, &e), 0);
	assert_int_equal(copy("#! config {}", 12, TEXT_FREE, NULL, &e), 0);
}

/* The events before a malformed line are delivered first. */
static void what_came_before_stays_good(void **state)
{
	static const char text[] = "1 0 GET_NOW\n1 0 HOLD_LOCK\nx\n";
	struct event ev[16];
	struct log_source *s;
	struct err e;
	u32 n;

	(void)state;
	assert_int_equal(text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, &e), 0);
	assert_int_equal(s->next(s, ev, 16, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(s->next(s, ev, 16, &n, &e), -ERR_TEXT);
	assert_int_equal(s->next(s, ev, 16, &n, &e), -ERR_TEXT);
	s->close(s);
}

/* Whatever the bytes, the reader returns, and what it accepted prints to something it accepts. */
static void random_texts_do_no_harm(void **state)
{
	static const char seed_text[] = CONFIG
		"#! 0 begin map_page 7\n1 0 INC_TICKET 10\nNPT:0 1 OPULL 5 @0f\n"
		"#! 0 stuck 1 \"a\\x0a\"\n#! 2 fill VM:3 0x5 1 NPT:3 2 3\n#! 1 mark70 1\n"
		"5 1 ONPT pt_vttbr_pool[0x10000..0x10010]=0>7 @0123456789abcdef\n#! 0 time 5\n"
		"1 0 OCORE_DATA next_vmid[0]=0x1>2 # c\r\n#! 1 episode 1\n"
		"0 3 OFLATMEM flatmem[5..8]=doracle(3,0x11)\n0 0 OFLATMEM ?\n";
	u64 seed = test_seed(1), at = 0;

	(void)state;
	for (u32 round = 0; round < 20000; round++) {
		char text[sizeof(seed_text)], *printed = NULL;
		size_t len = sizeof(seed_text) - 1, size = 0, from = strlen(CONFIG);
		enum text_mode mode = round & 1 ? TEXT_MACHINE : TEXT_FREE;
		struct err e = { 0 };
		FILE *f;
		int rc;

		memcpy(text, seed_text, len);
		if (round % 4 < 2)
			from = 0;
		for (u32 k = 0; k < 1 + round % 5; k++) {
			u64 r = mix64(seed + at++);
			size_t i = from + r % (len - from);
			static const char likely_bytes[] = " \n#@!>[].=09afx:\0\r\t-";

			text[i] = r >> 60 ? likely_bytes[(r >> 32) % sizeof(likely_bytes)]
			                  : (char)(r >> 40);
		}
		f = open_memstream(&printed, &size);
		rc = copy(text, len - round % 3, mode, mode == TEXT_MACHINE ? f : NULL, &e);
		fclose(f);
		assert_true(rc == 0 || e.msg[0]);
		if (rc == 0 && mode == TEXT_MACHINE)
			assert_int_equal(copy(printed, size, mode, NULL, &e), 0);
		free(printed);
	}
}

/* The configuration stands in the first line that is not blank or a comment. */
static void config_comes_first(void **state)
{
	static const struct {
		const char *text;
		bool taken;
	} t[] = {
		{ CONFIG, true },
		{ "# of a run\n\n \t\n" CONFIG, true },
		{ "1 0 GET_NOW\n", false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(t); i++) {
		struct log_source *s;
		struct err e;

		assert_int_equal(
			text_open_memory(&s, "t", t[i].text, strlen(t[i].text), TEXT_MACHINE, &e),
			0);
		assert_string_equal(s->config->scenario, t[i].taken ? "x" : "");
		s->close(s);
	}
}

/* The words begin where the configuration says, also where no episode does. */
static void words_have_their_start(void **state)
{
	static const char text[] =
		"#! config {\"cpus\":1,\"total_cpu\":8,\"fairness\":20,\"lock_bound\":10,"
		"\"start_ticket\":7,\"start_now\":7,\"seed\":0,\"machine\":true,"
		"\"barriers\":true,\"keep_reads\":false,\"timestamps\":false,\"digests\":true,"
		"\"scenario\":\"\",\"ops\":[],\"init\":[]}\n"
		"1 0 INC_TICKET 10\n1 0 INC_NOW\n#! 0 episode 1\n1 0 INC_TICKET 10\n";
	static const u32 want[][2] = { { 7, 7 }, { 8, 7 }, { 0, 0 }, { 7, 7 } };
	struct event ev[4];
	struct log_source *s;
	struct err e;
	u32 n;

	(void)state;
	assert_int_equal(text_open_memory(&s, "t", text, strlen(text), TEXT_MACHINE, &e), 0);
	assert_int_equal(s->next(s, ev, 4, &n, &e), 0);
	assert_int_equal(n, 4);
	for (u32 i = 0; i < n; i++) {
		assert_int_equal(ev[i].ticket, want[i][0]);
		assert_int_equal(ev[i].now, want[i][1]);
	}
	s->close(s);
}

/* A mark whose first argument would be printed by its name may have none. */
static void marks_without_arguments(void **state)
{
	static const u8 kind[] = { MARK_OP, MARK_SEVENT, MARK_BEGIN, MARK_STUCK };
	struct log_config config;
	char *have = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&have, &size);

	(void)state;
	log_config_init(&config, 4);
	for (u32 i = 0; i < ARRAY_SIZE(kind); i++) {
		struct event ev = { .kind = kind[i], .cpu = 1 };

		text_print_event(f, &config, 0, &ev);
	}
	fclose(f);
	assert_string_equal(have, "#! 1 op\n#! 1 sevent\n#! 1 begin\n#! 1 stuck\n");
	free(have);
	log_config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_round_trip),
		cmocka_unit_test(layout_does_not_matter),
		cmocka_unit_test(words_are_replayed),
		cmocka_unit_test(flat_memory_is_numbered),
		cmocka_unit_test(free_locks_are_interned),
		cmocka_unit_test(malformed_lines_are_refused),
		cmocka_unit_test(marks_have_their_limits),
		cmocka_unit_test(other_malformed_texts),
		cmocka_unit_test(what_came_before_stays_good),
		cmocka_unit_test(config_comes_first),
		cmocka_unit_test(words_have_their_start),
		cmocka_unit_test(marks_without_arguments),
		cmocka_unit_test(random_texts_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
