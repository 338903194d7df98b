// SPDX-License-Identifier: GPL-2.0-only

/* What the run itself says in its log: a stream of its own, whose marks stand behind the episode that they are about. */
#include "sim/base/vec.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/mark_arg.h"
#include "sim/log/text/open.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CPUS = 2 };

static u64 no_oracle(u64 seed, vmid_t vmid, u64 n)
{
	(void)seed;
	(void)vmid;
	(void)n;
	return 0;
}

/* An operation of each CPU. */
static void work(struct log *l)
{
	const u64 op = 0;

	for (u32 c = 0; c < CPUS; c++) {
		log_mark(log_writer(l, c), MARK_BEGIN, 1, &op);
		log_mark(log_writer(l, c), MARK_END_OP, 0, NULL);
	}
}

static void episode(struct log *l, u64 number)
{
	for (u32 c = 0; c < CPUS; c++)
		log_episode(log_writer(l, c), number, 0, 0);
}

/* Two episodes: a surprise at the end of the first, a stall and a deadlock at the end of the second. */
static void write_log(struct log *l, bool in_order)
{
	const u64 surprise[] = { MV_ANSWER_DID, MV_ANSWER_REFUSED, MV_ABOUT_FRAME, 0x1234 };
	const u64 stall[] = { 1, MV_WAITS_SLEEPS, CORE_ID, 7, 7, 5000 };
	const u64 deadlock[] = { 0, 6, 1, 1, 7, 0 };
	struct err e;

	episode(l, 0);
	work(l);
	log_mark_text(log_run_writer(l, 0), MARK_SURPRISE, 4, surprise,
	              "page \"3\" is # not as it was");
	episode(l, 1);
	work(l);
	log_mark(log_run_writer(l, 1), MARK_STALL, 6, stall);
	log_mark(log_run_writer(l, 1), MARK_DEADLOCK, 6, deadlock);
	assert_int_equal(log_close(l, in_order, &e), 0);
}

static void config_init(struct log_config *config)
{
	log_config_init(config, CPUS);
	config->machine = true;
	config->n_ops = 1;
	config->op_names = xcalloc(1, sizeof(char *));
	config->op_names[0] = strdup("work");
}

static const char *const lines =
	"#! 0 episode 0\n#! 1 episode 0\n"
	"#! 0 begin work\n#! 0 end\n#! 1 begin work\n#! 1 end\n"
	"#! run surprise did refused frame 0x1234 \"page \\\"3\\\" is # not as it was\"\n"
	"#! 0 episode 1\n#! 1 episode 1\n";
static const char *const last =
	"#! run stall 1 sleeps CORE 7 7 5000\n#! run deadlock 0 NPT:1 1 1 NPT:2 0\n";

/* The log at @path as text, without its configuration; to be freed. */
static char *as_text(const char *path)
{
	struct log_source *s;
	char *text = NULL, *body;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct err e;

	if (log_open(path, &s, &e) < 0)
		fail_msg("%s", e.msg);
	if (convert_to_text(s, no_oracle, f, &e) < 0)
		fail_msg("%s", e.msg);
	fclose(f);
	s->close(s);
	body = strdup(strchr(text, '\n') + 1);
	free(text);
	return body;
}

/* @close: "#! 0 close\n" and the like stand where a CPU's stream ends. */
static void expect_text(const char *path, bool close)
{
	char *have = as_text(path), want[2048];

	snprintf(want, sizeof(want),
	         "%s#! 0 begin work\n#! 0 end\n%s#! 1 begin work\n#! 1 end\n%s%s", lines,
	         close ? "#! 0 close\n" : "", close ? "#! 1 close\n" : "", last);
	assert_string_equal(have, want);
	free(have);
}

static void make_file(const char *path, bool in_order)
{
	struct log_config config;
	struct log *l;
	struct err e;

	config_init(&config);
	assert_int_equal(log_open_file(&l, &config, path, &e), 0);
	write_log(l, in_order);
	log_free(l);
	log_config_free(&config);
}

/* Marks of the run stand behind what the CPUs did in that episode, in a log that was closed and in one that was not. */
static void stands_behind_its_episode(void **state)
{
	(void)state;
	make_file("run_stream.hlog", true);
	expect_text("run_stream.hlog", true);
	make_file("run_stream.hlog", false);
	expect_text("run_stream.hlog", false);
	unlink("run_stream.hlog");
}

/* Text, binary, packed: the same. */
static void converts(void **state)
{
	struct log_source *s;
	struct err e;
	char *text;
	FILE *f;

	(void)state;
	make_file("run_stream.hlog", true);
	assert_int_equal(convert_repack("run_stream.hlog", "run_stream.packed", 1, &e), 0);
	expect_text("run_stream.packed", true);
	text = as_text("run_stream.packed");
	f = fopen("run_stream.text", "w");
	assert_non_null(f);
	fprintf(f, "#! config {\"cpus\":2,\"machine\":true,\"ops\":[\"work\"]}\n%s", text);
	fclose(f);
	free(text);
	assert_int_equal(log_open("run_stream.text", &s, &e), 0);
	assert_int_equal(convert_to_binary(s, no_oracle, "run_stream.again", PACK_PLAIN, &e), 0);
	s->close(s);
	expect_text("run_stream.again", true);
	unlink("run_stream.hlog");
	unlink("run_stream.packed");
	unlink("run_stream.text");
	unlink("run_stream.again");
}

/* The CPU that a mark of the run speaks of is that of its event, which says that the run wrote it. */
static void names_the_cpu(void **state)
{
	struct log_source *s;
	struct event ev[SOURCE_BATCH];
	struct err e;
	u32 n, seen = 0;

	(void)state;
	make_file("run_stream.hlog", true);
	assert_int_equal(log_open("run_stream.hlog", &s, &e), 0);
	do {
		assert_int_equal(s->next(s, ev, SOURCE_BATCH, &n, &e), 0);
		for (u32 i = 0; i < n; i++) {
			assert_int_equal(!!(ev[i].flags & EVF_RUN),
			                 ev[i].kind == MARK_STALL || ev[i].kind == MARK_SURPRISE ||
			                         ev[i].kind == MARK_DEADLOCK);
			if (ev[i].kind == MARK_STALL)
				assert_int_equal(ev[i].cpu, 1);
			seen += ev[i].flags & EVF_RUN ? 1 : 0;
		}
	} while (n);
	assert_int_equal(seen, 3);
	s->close(s);
	unlink("run_stream.hlog");
}

/* A step of a CPU in the run's own stream is damage, named by its place. */
static void has_marks_only(void **state)
{
	struct log_config config;
	struct log_source *s;
	struct event ev[SOURCE_BATCH];
	struct log *l;
	struct err e;
	int rc;
	u32 n;

	(void)state;
	config_init(&config);
	assert_int_equal(log_open_file(&l, &config, "run_stream.hlog", &e), 0);
	episode(l, 0);
	work(l);
	log_hold_lock(log_run_writer(l, 0), CORE_ID);
	assert_int_equal(log_close(l, true, &e), 0);
	log_free(l);
	log_config_free(&config);
	assert_int_equal(log_open("run_stream.hlog", &s, &e), 0);
	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, &e);
		for (u32 i = 0; rc == 0 && i < n; i++)
			assert_int_not_equal(ev[i].kind, EV_HOLD_LOCK);
	} while (rc == 0 && n);
	assert_int_equal(rc, -ERR_RECORD);
	assert_non_null(strstr(e.msg, "a record that the run's own stream cannot have"));
	s->close(s);
	unlink("run_stream.hlog");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_behind_its_episode),
		cmocka_unit_test(converts),
		cmocka_unit_test(names_the_cpu),
		cmocka_unit_test(has_marks_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
