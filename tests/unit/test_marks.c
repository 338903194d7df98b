// SPDX-License-Identifier: GPL-2.0-only
/* Every mark of sim/log/mark.def, with any arguments: binary, text and back, and as JSON. */
#include "sim/log/mark_arg.h"

#include "oracle/data.h"
#include "sim/base/rng.h"
#include "sim/inspect/log_show.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/op.h"
#include "sim/log/text/skipped.h"
#include "sim/log/text/text.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 30, EACH = 4, KINDS = EV_NR - EV_END - 1, MARKS = KINDS * EACH };

/* What was written: as it must come back. */
static struct want {
	u8 kind;
	u32 n;
	u64 args[MAX_MARK_ARGS];
	char text[MAX_MARK_TEXT + 1];
} want[MARKS];
static u32 n_want;

static struct log_config config;
static char path[2][64];
static char *names[] = { "section", "call", "x" };

static int setup(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++)
		snprintf(path[i], sizeof(path[i]), "test_marks.%d.%u", (int)getpid(), i);
	log_config_init(&config, 1);
	config.machine = true;
	config.op_names = names;
	config.n_ops = ARRAY_SIZE(names);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++)
		unlink(path[i]);
	return 0;
}

/* Small numbers, which have words, and numbers of every length. */
static u64 draw_value(struct rng *r)
{
	return rng_below(r, 3) ? rng_below(r, 130) : rng_next(r) >> rng_below(r, 64);
}

/* Lengths near what fits a record, and any. */
static u32 draw_count(struct rng *r, const struct mark_spec *s)
{
	u32 groups = s->group ? (MAX_MARK_ARGS - s->fixed) / s->group : 0;
	u32 fewest = s->least > s->fixed ? (s->least - s->fixed) / s->group : 0;

	if (groups == 0 || (fewest == 0 && rng_below(r, 2)))
		return s->least + (u32)rng_below(r, s->fixed - s->least + 1);
	groups = rng_below(r, 4) ? (groups < 4 ? groups : 4) : groups;
	return s->fixed + s->group * (fewest + (u32)rng_below(r, groups - fewest + 1));
}

/* Any bytes but 0, often none. */
static void draw_text(struct rng *r, char *text)
{
	u32 len = rng_below(r, 3) ? (u32)rng_below(r, 12) : (u32)rng_below(r, MAX_MARK_TEXT + 1);

	for (u32 i = 0; i < len; i++)
		text[i] = (char)(1 + rng_below(r, 255));
	text[len] = 0;
}

static void draw(struct rng *r, u32 kind, struct want *w)
{
	const struct mark_spec *s = mark_spec(kind);

	*w = (struct want){ .kind = (u8)kind, .n = draw_count(r, s) };
	if (kind == MARK_ACCESS && w->n > ACCESS_MAX_ARGS)
		w->n = ACCESS_MAX_ARGS;
	for (u32 i = 0; i < w->n; i++)
		w->args[i] = draw_value(r);
	if (s->text)
		draw_text(r, w->text);
}

/* A log of every mark, in no order, but for those that the writer and the merge have of their own: they come first and last. */
static void write_marks(struct rng *r)
{
	struct log_writer *w;
	struct log *l;
	struct err e;
	u32 step = 0;

	assert_int_equal(log_open_file(&l, &config, path[0], &e), 0);
	w = log_writer(l, 0);
	n_want = 0;
	want[n_want++] = (struct want){ .kind = MARK_EPISODE, .n = 1, .args = { 7 } };
	log_episode(w, 7, 0, 0);
	for (u32 i = 0; n_want < MARKS - 1; i++) {
		u32 kind = EV_END + 1 + (u32)rng_below(r, KINDS);
		struct want *to = &want[n_want];

		if (kind == MARK_EPISODE || kind == MARK_CLOSE)
			continue;
		draw(r, kind, to);
		if (kind == MARK_BARRIER)
			log_barrier(w);
		else if (kind == MARK_ACCESS)
			log_access(w, step++, to->n, to->args);
		else if (mark_spec(kind)->text)
			log_mark_text(w, kind, to->n, to->args, to->text);
		else
			log_mark(w, kind, to->n, to->args);
		if (to->n < mark_spec(kind)->fixed)
			to->n = mark_spec(kind)->fixed;
		n_want++;
	}
	want[n_want++] = (struct want){ .kind = MARK_CLOSE };
	assert_int_equal(log_close(l, true, &e), 0);
	log_free(l);
}

/* The source gives what was written. */
static void same(struct log_source *s)
{
	struct event ev[SOURCE_BATCH];
	u32 at = 0, n = 1;
	struct err e;

	while (n) {
		if (s->next(s, ev, SOURCE_BATCH, &n, &e) < 0)
			fail_msg("mark %u: %s", at, e.msg);
		for (u32 i = 0; i < n; i++, at++) {
			const struct want *w = &want[at];

			assert_true(at < n_want);
			assert_string_equal(event_name(ev[i].kind), event_name(w->kind));
			assert_int_equal(ev[i].n, w->n);
			if (w->n)
				assert_memory_equal(ev[i].args, w->args, w->n * sizeof(u64));
			assert_true(w->n == 0 || ev[i].arg == (u32)w->args[0]);
			assert_string_equal(mark_text(&ev[i]), w->text);
		}
	}
	assert_int_equal(at, n_want);
	s->close(s);
}

static struct log_source *open_log(const char *file)
{
	struct log_source *s;
	struct err e;

	if (log_open(file, &s, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

static void forms(void **state)
{
	struct rng r = { test_seed(1) };

	(void)state;
	for (u32 round = 0; round < ROUNDS; round++) {
		struct log_source *s;
		struct err e;
		FILE *f;

		write_marks(&r);
		same(open_log(path[0]));
		f = fopen(path[1], "w");
		assert_non_null(f);
		s = open_log(path[0]);
		assert_int_equal(convert_to_text(s, doracle, f, &e), 0);
		fclose(f);
		s->close(s);
		same(open_log(path[1]));
		s = open_log(path[1]);
		assert_int_equal(
			convert_to_binary(s, doracle, path[0], round % 2 ? 1 : PACK_PLAIN, &e), 0);
		s->close(s);
		same(open_log(path[0]));
	}
}

/* A number, or "0x..." */
static u64 number_of(const json_t *v)
{
	if (json_is_string(v)) {
		assert_memory_equal(json_string_value(v), "0x", 2);
		return strtoull(json_string_value(v), NULL, 16);
	}
	assert_true(json_is_integer(v));
	return (u64)json_integer_value(v);
}

static void value_is(const json_t *v, enum mark_type type, u64 number)
{
	char buf[MARK_WORD];
	const char *word = mark_word(&config, type, number, buf, sizeof(buf));

	assert_non_null(v);
	if (word)
		assert_string_equal(json_string_value(v), word);
	else
		assert_true(number_of(v) == number);
	if (!word)
		assert_true(json_is_string(v) == (type == MARG_HEX || number >= 1ull << 53));
}

static void object_is(const json_t *o, const struct want *w)
{
	const struct mark_spec *s = mark_spec(w->kind);
	const json_t *args = json_object_get(o, "args");
	json_t *utf8 = json_string(w->text);

	assert_string_equal(json_string_value(json_object_get(o, "event")), event_name(w->kind));
	assert_int_equal(json_array_size(args), w->n);
	for (u32 i = 0; i < w->n; i++) {
		const struct mark_arg *a = mark_arg_of(s, i);
		bool atomic = a->type == MARG_ATOMIC;
		const json_t *v = json_object_get(o, atomic ? "function" : a->name);

		assert_true(number_of(json_array_get(args, i)) == w->args[i]);
		if (a->repeated)
			v = json_array_get(v, (i - s->fixed) / s->group);
		value_is(v, a->type, w->args[i]);
		if (atomic)
			assert_string_equal(json_string_value(json_object_get(o, "atomic")),
			                    op_event(w->args[i]));
	}
	if (!*w->text)
		assert_null(json_object_get(o, "text"));
	else if (utf8)
		assert_string_equal(json_string_value(json_object_get(o, "text")), w->text);
	else
		assert_true(json_string_length(json_object_get(o, "text")) > strlen(w->text));
	json_decref(utf8);
}

/* As JSON each mark is one object on a line, with all that it says. */
static void as_json(void **state)
{
	const struct show_options o = {
		.cpus = ~0ull, .locks = ~0ull, .kinds = ~0ull, .to = ~0ull, .form = SHOW_JSON
	};
	struct rng r = { test_seed(2) };

	(void)state;
	for (u32 round = 0; round < ROUNDS; round++) {
		char *text = NULL, *line, *save;
		size_t size = 0;
		FILE *f = open_memstream(&text, &size);
		struct log_source *s;
		struct err e;
		u32 at = 0;

		write_marks(&r);
		s = open_log(path[0]);
		assert_int_equal(log_show(s, NULL, &o, f, &e), 0);
		s->close(s);
		fclose(f);
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			json_error_t where;
			json_t *j = json_loads(line, JSON_REJECT_DUPLICATES, &where);

			if (!j)
				fail_msg("%s: %s", line, where.text);
			assert_true(at < n_want);
			object_is(j, &want[at++]);
			json_decref(j);
		}
		assert_int_equal(at, n_want);
		free(text);
	}
}

/* Every type's words name what they are printed for, and numbers beyond them have none. */
static void words(void **state)
{
	(void)state;
	for (u32 type = 0; type < MARG_NR; type++) {
		u32 named = 0;

		assert_true(mark_expected(type)[0]);
		for (u64 v = 0; v < 300; v++) {
			char buf[MARK_WORD];
			const char *word = mark_word(&config, type, v, buf, sizeof(buf));
			u64 back = ~0ull;

			if (!word)
				continue;
			named++;
			assert_true(strlen(word) < MARK_WORD);
			assert_true(strspn(word, "0123456789") == 0);
			assert_null(strpbrk(word, " \t\"#"));
			assert_true(mark_value(&config, type, word, strlen(word), &back));
			assert_true(back == v);
			assert_false(mark_value(&config, type, word, strlen(word) - 1, &back) &&
			             back == v);
		}
		assert_true((named == 0) == (type == MARG_DEC || type == MARG_HEX));
		assert_true(named < 300);
	}
}

/* A line of the text form, and what is shown of it. */
static const char *const shown[][2] = {
	{ "barrier", "barrier" },
	{ "begin 0 5 0", "begin 0 5 0" },
	{ "end 4096", "end 0x1000" },
	{ "stuck STUCK_RANGE \"f(1)\\x0a\"", "stuck STUCK_RANGE \"f(1)\\x0a\"" },
	{ "op map_page_host 0x5000", "map_page_host(addr=0x5000)" },
	{ "sevent map_page_host 1", "OMAP_HOST, the machine halts" },
	{ "op 200 1", "?(0x1)" },
	{ "sevent 200", "?" },
	{ "sevent get_level_s2pt 0 0x20", "OPT_GET, level=32" },
	{ "memory 8 0x77", "memory NPT:3 0x77" },
	{ "enter hvc 24 0 3 1 0x20", "enter entry=hvc what=0x18 vmid=0 vcpuid=3 x=1 x=0x20" },
	{ "regs 0xab x0 3 200 17", "regs digest=0xab x0=3 200=0x11" },
	{ "access own walk 3 0x210 9 NPT:0 4 0",
	  "access how=own from=walk level=3 pfn=0x210 value=9 lock=NPT:0 before=4 more=0" },
	{ "fill BANK:9 1 2 SPT 3 0", "fill space=BANK:9 gfn=1 pfn=2 lock=SPT before=3 more=0" },
	{ "stall 1 sleeps NPT:2 7 5 100",
	  "stall who=1 state=sleeps lock=NPT:2 ticket=7 now=5 ms=100" },
	{ "deadlock 0 NPT:2 1 1 NPT:1 0",
	  "deadlock waiter=0 lock=NPT:2 holder=1 waiter=1 lock=NPT:1 holder=0" },
	{ "surprise did refused frame 16 \"a \\\"b\\\"\"",
	  "surprise expected=did came=refused about=frame number=0x10 \"a \\\"b\\\"\"" },
	{ "close", "close" },
};

/* For people: names where there are several arguments, calls, what an operation gives, a register's value behind it. */
static void for_people(void **state)
{
	const struct show_options o = {
		.cpus = ~0ull, .locks = ~0ull, .kinds = ~0ull, .to = ~0ull, .form = SHOW_NESTED
	};
	char text[4096] = "", *have = NULL, *line, *save;
	size_t size = 0, at = 0;
	FILE *f = open_memstream(&have, &size);
	struct log_source *s;
	struct err e;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(shown); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "#! 0 %s\n", shown[i][0]);
	assert_true(at < sizeof(text));
	if (text_open_memory(&s, "t", text, at, TEXT_MACHINE, &e) < 0)
		fail_msg("%s", e.msg);
	if (log_show(s, NULL, &o, f, &e) < 0)
		fail_msg("%s", e.msg);
	s->close(s);
	fclose(f);
	line = strtok_r(have, "\n", &save);
	for (u32 i = 0; i < ARRAY_SIZE(shown); i++, line = strtok_r(NULL, "\n", &save)) {
		assert_non_null(line);
		line += strlen("         0  cpu 0  ");
		assert_string_equal(line + strspn(line, " "), shown[i][1]);
	}
	assert_null(line);
	free(have);
}

static void skipped_are(const char *file, u32 n70, u32 n255)
{
	struct log_source *s = open_log(file);
	struct event ev[SOURCE_BATCH];
	struct log_status st;
	char *text = NULL;
	size_t size = 0;
	struct err e;
	FILE *f;
	u32 n = 1;

	while (n)
		assert_int_equal(s->next(s, ev, SOURCE_BATCH, &n, &e), 0);
	log_source_status(s, &st);
	for (u32 i = 0; i < MARK_SKIPPABLE; i++)
		assert_true(st.skipped[i] == (i == 70 - MARK_MAY_SKIP    ? n70
		                              : i == 255 - MARK_MAY_SKIP ? n255
		                                                         : 0));
	f = open_memstream(&text, &size);
	skipped_print(f, "> ", s->config, &st);
	fclose(f);
	assert_string_equal(text, n70 == 3   ? "> skipped: 3 marks of number 70, 1 of number 255, "
	                                       "which this version does not know\n"
	                          : n70 == 1 ? "> skipped: 1 mark of number 70, which this version "
	                                       "does not know\n"
	                                     : "");
	free(text);
	s->close(s);
}

/* Marks from 64 on that are not known are no events: they are counted, by CPU and all, and said. */
static void unknown_marks(void **state)
{
	static const char text[] = "#! 0 mark70 1 \"a\n#! 0 time 5\n#! 0 mark70\n#! 0 mark255\n"
				   "#! 0 mark70 2 3\n#! 0 begin 1\n#! 0 close\n";
	struct log_config two = config;
	struct log_source *s;
	struct event ev[4];
	struct log *l;
	struct err e;
	FILE *f;
	u32 n;

	(void)state;
	two.cpus = 2;
	assert_int_equal(log_open_file(&l, &two, path[0], &e), 0);
	log_put(log_writer(l, 0), OP_MARK | mark_length_bits(2) | 70 << 8 | 0xffffull << 16, 4);
	log_put(log_writer(l, 1), OP_MARK | 70 << 8, 2);
	log_mark(log_writer(l, 1), MARK_BEGIN, 1, &(const u64){ 1 });
	log_put(log_writer(l, 1), OP_MARK | 255 << 8, 2);
	log_put(log_writer(l, 1), OP_MARK | 70 << 8, 2);
	assert_int_equal(log_close(l, true, &e), 0);
	log_free(l);
	skipped_are(path[0], 3, 1);
	/* The records are kept where they are only packed, and gone where events are written anew. */
	assert_int_equal(convert_repack(path[0], path[1], 1, &e), 0);
	skipped_are(path[1], 3, 1);
	s = open_log(path[0]);
	assert_int_equal(convert_to_binary(s, doracle, path[1], PACK_PLAIN, &e), 0);
	s->close(s);
	skipped_are(path[1], 0, 0);
	f = fopen(path[1], "w");
	fputs(text, f);
	fclose(f);
	skipped_are(path[1], 3, 1);
	/* A time before such a mark is its own. */
	s = open_log(path[1]);
	assert_int_equal(s->next(s, ev, 4, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(ev[0].kind, MARK_BEGIN);
	assert_int_equal(ev[0].flags, 0);
	s->close(s);
	f = fopen(path[1], "w");
	fputs("#! 0 mark70\n#! 0 close\n", f);
	fclose(f);
	skipped_are(path[1], 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),         cmocka_unit_test(as_json),
		cmocka_unit_test(words),         cmocka_unit_test(for_people),
		cmocka_unit_test(unknown_marks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
