// SPDX-License-Identifier: GPL-2.0-only
/* Where a merge breaks off: what the records on both sides say, which of them are shown, and where the finding stands. */
#include "oracle/report/means.h"

#include "oracle/report/feed.h"
#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "sim/log/mark_arg.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_merge.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct broken b;
static struct checker *c;
static u64 at;

/* The streams end, in order if @close; the row is @row, and both sides say exactly these sentences. */
static void expect_of(bool close, enum merge_row row, u32 n, const char *const *want)
{
	merge_all(close);
	assert_string_equal(merge_row_name(m->finding.row), merge_row_name(row));
	c = checker_new(m->src.config, check_set_all());
	checker_feed(c, merged, n_merged);
	at = means_of(m, c, &b);
	for (u32 i = 0; i < b.n_means || i < n; i++)
		assert_string_equal(i < b.n_means ? b.mean[i] : "", i < n ? want[i] : "");
	checker_free(c);
}

static void expect(enum merge_row row, u32 n, const char *const *want)
{
	expect_of(true, row, n, want);
}

/* The same of streams that were cut. */
#define EXPECT_CUT(row, ...)                                       \
	do {                                                       \
		static const char *const want[] = { __VA_ARGS__ }; \
		expect_of(false, row, ARRAY_SIZE(want), want);     \
	} while (0)

#define EXPECT(row, ...)                                           \
	do {                                                       \
		static const char *const want[] = { __VA_ARGS__ }; \
		expect(row, ARRAY_SIZE(want), want);               \
	} while (0)

/* CPU @cpu's records behind the break: "T1/0 G2/0 H". */
static void assert_behind(u32 cpu, const char *want)
{
	char have[256] = "";
	size_t n = 0;

	for (u32 i = 0; i < b.n_records; i++) {
		const struct broken_record *r = &b.record[i];

		if (r->cpu != cpu)
			continue;
		n += (size_t)snprintf(have + n, sizeof(have) - n, "%s%s", n ? " " : "",
		                      event_name(r->kind));
		if (r->ranked)
			n += (size_t)snprintf(have + n, sizeof(have) - n, " %u/%u", r->ticket,
			                      r->now);
	}
	assert_string_equal(have, want);
}

static void section(u32 cpu, u32 ticket)
{
	acquire(cpu, 1, ticket);
	release(cpu, 1, ticket + 1, ticket);
}

/* Two CPUs have one ticket, and both enter with it. */
static void same_ticket(void **state)
{
	(void)state;
	section(0, 0);
	section(0, 1);
	acquire(0, 1, 2);
	acquire(1, 1, 2);
	release(0, 1, 3, 2);
	release(1, 1, 3, 3);
	EXPECT(MERGE_DOUBLED, "or CPU 0 and CPU 1 both have ticket 2",
	       "two CPUs are inside: CPU 0 and CPU 1 have both entered with ticket 2");
	assert_behind(1, "INC_TICKET 2/2 GET_NOW 3/2 HOLD_LOCK INC_NOW 3/3");
	/* Behind the INC_TICKET that had the rank first, which is followed by what comes of it. */
	assert_true(merged[at - 1].kind == EV_INC_TICKET && merged[at - 1].ticket == 2);
}

/* The second one was not served: nobody says that two are inside. */
static void same_ticket_waits(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	release(0, 1, 1, 0);
	log_inc_ticket(w(1), 1, word_make(0, 0), 10);
	log_get_now(w(1), 1, word_make(1, 1));
	EXPECT(MERGE_DOUBLED, "or CPU 0 and CPU 1 both have ticket 0");
}

static void inc_now_undone(void **state)
{
	(void)state;
	section(0, 0);
	acquire(0, 1, 1);
	release(0, 1, 2, 1);
	log_inc_ticket(w(1), 1, word_make(2, 1), 10);
	log_get_now(w(1), 1, word_make(3, 1));
	EXPECT(MERGE_DOUBLED,
	       "or INC_NOW of CPU 0 and INC_TICKET of CPU 1 both found ticket 2 now 1",
	       "INC_NOW of CPU 0 was undone: CPU 1 saw ticket 3 now 1 next (now went back from 2 "
	       "to 1)");
}

static void inc_ticket_undone(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	release(0, 1, 1, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_get_now(w(1), 1, word_make(1, 1));
	EXPECT(MERGE_DOUBLED,
	       "or INC_NOW of CPU 0 and INC_TICKET of CPU 1 both found ticket 1 now 0",
	       "an INC_TICKET was undone: CPU 1 saw ticket 1 now 1 next (ticket went back from 2 "
	       "to 1)");
}

/* What comes next does not say which one was lost. */
static void neither_undone(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	release(0, 1, 1, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	EXPECT(MERGE_DOUBLED,
	       "or INC_NOW of CPU 0 and INC_TICKET of CPU 1 both found ticket 1 now 0");
}

static void passed_twice(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	release(0, 1, 1, 0);
	log_inc_now(w(1), 1, word_make(1, 0));
	EXPECT(MERGE_DOUBLED,
	       "two CPUs are inside: CPU 0 and CPU 1 both pass the lock on from now 0");
}

static void written_twice(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	release(0, 1, 1, 0);
	release(0, 1, 1, 0);
	EXPECT(MERGE_DOUBLED,
	       "or CPU 0 has the same INC_NOW twice in its stream: it was written twice");
}

/* Now is one more than anybody made it: a third CPU moved it, while the holder was inside. */
static void now_unlogged(void **state)
{
	(void)state;
	merge_setup_at(1928);
	acquire(0, 1, 1928);
	log_inc_ticket(w(1), 1, word_make(1929, 1928), 10);
	log_served(w(1), 1, word_make(1930, 1929));
	log_inc_now(w(0), 1, word_make(1930, 1929));
	EXPECT(MERGE_LOST,
	       "or the word was changed by a step that nobody logged (now went from 1928 to 1929)",
	       "CPU 0, which was served at now 1928, passes the lock on from now 1929",
	       "two CPUs are inside: CPU 1 enters at now 1929 before CPU 0 has passed the lock on");
	assert_behind(0, "INC_NOW 1930/1929");
	assert_behind(1, "GET_NOW 1930/1929 HOLD_LOCK");
}

static void inc_now_missing(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	acquire(0, 1, 1);
	EXPECT(MERGE_LOST,
	       "or the word was changed by a step that nobody logged (now went from 0 to 1)",
	       "CPU 0, which is inside, takes its next ticket, and its stream has no INC_NOW "
	       "between");
}

static void inc_ticket_missing(void **state)
{
	(void)state;
	section(0, 0);
	log_served(w(1), 1, word_make(2, 1));
	EXPECT(MERGE_LOST,
	       "or the word was changed by a step that nobody logged (ticket went from 1 to 2)",
	       "CPU 1 looks whether it is served, and its stream has no INC_TICKET before");
}

static void several_unlogged(void **state)
{
	(void)state;
	section(0, 0);
	acquire(1, 1, 3);
	EXPECT(MERGE_LOST, "or the word was changed by steps that nobody logged (ticket went from "
	                   "1 to 3, now from 1 to 3)");
}

/* INC_NOW as an addition to all 64 bits. */
static void carry(void **state)
{
	(void)state;
	merge_setup_at(0xffffffffu);
	acquire(0, 1, 0xffffffffu);
	release(0, 1, 0, 0xffffffffu);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	EXPECT(MERGE_LOST, "or the carry of now went into ticket (now wrapped from 4294967295 to "
	                   "0, and ticket went from 0 to 1)");
}

/* The same words where nothing has wrapped. */
static void no_carry(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_ticket(w(1), 1, word_make(2, 0), 10);
	EXPECT(MERGE_LOST,
	       "or the word was changed by a step that nobody logged (ticket went from 1 to 2)");
}

/* More is missing than a kill can have cost: what a stream says of itself counts all the same. */
static void cut_enters_without_ticket(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_served(w(1), 1, word_make(4, 2));
	EXPECT_CUT(
		MERGE_HOLE_UNFIT,
		"or CPU 1 enters at now 2 with a ticket that it did not take: its INC_TICKET was "
		"not written, or it took another CPU's turn");
	assert_behind(1, "GET_NOW 4/2 HOLD_LOCK");
}

static void cut_takes_two_tickets(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_ticket(w(1), 1, word_make(4, 0), 10);
	acquire(1, 1, 6);
	EXPECT_CUT(
		MERGE_HOLE_UNFIT,
		"or CPU 1 has a ticket already, and its stream has no INC_NOW between: it was not "
		"written, or the lock was not passed on");
}

static void cut_passes_on_from_outside(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_now(w(1), 1, word_make(6, 3));
	EXPECT_CUT(
		MERGE_HOLE_UNFIT,
		"or CPU 1 passes on a lock in which it is not: its INC_TICKET and HOLD_LOCK were "
		"not written, or the lock was passed on twice");
}

/* The word is where CPU 0 entered. */
static void cut_two_are_inside(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_now(w(1), 1, word_make(6, 0));
	EXPECT_CUT(
		MERGE_HOLE_UNFIT,
		"or CPU 1 passes on a lock in which it is not: its INC_TICKET and HOLD_LOCK were "
		"not written, or the lock was passed on twice",
		"two CPUs are inside: CPU 0 was served at now 0 as well");
}

static void halves(void **state)
{
	(void)state;
	section(0, 0);
	log_inc_ticket(w(1), 1, word_make(2, 0), 10);
	EXPECT(MERGE_WORD, "or the word was changed by steps that nobody logged (ticket went from "
	                   "1 to 2, now from 1 to 0)");
}

static void went_back(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_inc_ticket(w(1), 1, word_make(1, 0), 10);
	log_get_now(w(1), 1, word_make(1, 0));
	EXPECT(MERGE_LATE, "or the word went back (ticket from 2 to 1, now from 0 to 0)");
}

static void flat_memory(void **state)
{
	(void)state;
	log_flat(w(0), 0, 0);
	log_flat(w(0), 1, 0);
	log_flat(w(1), 1, 0);
	EXPECT(MERGE_DOUBLED,
	       "or two CPUs were at flat memory at a time, and both counted number 1");
	assert_behind(1, "OFLATMEM 1/1");
}

/* What waits for what is in the finding itself; the records of all locks are shown. */
static void cycle(void **state)
{
	(void)state;
	acquire(0, 1, 0);
	log_get_now(w(0), 2, word_make(1, 0));
	log_inc_now(w(0), 1, word_make(1, 0));
	log_get_now(w(1), 1, word_make(1, 1));
	acquire(1, 2, 0);
	expect(MERGE_CYCLE, 0, NULL);
	assert_behind(0, "GET_NOW 1/0 INC_NOW 1/0");
	assert_behind(1, "GET_NOW 1/1 INC_TICKET 0/0 GET_NOW 1/0 HOLD_LOCK");
}

/* Data behind the end: about no step. */
static void behind_the_end(void **state)
{
	(void)state;
	log_mark(w(0), MARK_CLOSE, 0, NULL);
	section(0, 0);
	expect(MERGE_FORGED, 0, NULL);
	assert_false(b.at_step);
}

/* The finding stands before what follows from it, in text and as data. */
static void reported(void **state)
{
	struct log_status status;
	struct err e;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *j, *finding, *broken;

	(void)state;
	section(0, 0);
	acquire(0, 1, 1);
	release(0, 1, 3, 1);
	acquire(1, 1, 1);
	assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(log_in_memory(streams));
	merge_finish(m);
	c = checker_new(m->src.config, check_set_all());
	assert_int_equal(feed_checker(merge_source(m), c, NULL, &e), 0);
	feed_merge_verdict(merge_source(m), c, true, &status);
	/* CPU 0 holds the lock where the merge broke off: nobody says that it kept it. */
	checker_end(c, true);
	assert_int_equal(checker_n_findings(c), 1);
	page_findings(f, c, m->src.config, (struct page_how){ .color = false });
	fclose(f);
	assert_non_null(strstr(text, "first violation: MERGE_DOUBLED (check merge)\n"));
	assert_non_null(strstr(text,
	                       "  or CPU 0 and CPU 1 both have ticket 1\n"
	                       "  two CPUs are inside: CPU 0 and CPU 1 have both entered with "
	                       "ticket 1\n"));
	assert_non_null(strstr(text, "\n\n         event  CPU 0\n"));
	assert_non_null(strstr(text, "             6  HOLD_LOCK\n\n"
	                             "     behind it  CPU 1           CPU 0\n"
	                             "                INC_TICKET 1/1  INC_NOW 3/1\n"
	                             "                GET_NOW 2/1\n"
	                             "                HOLD_LOCK\n"));
	free(text);
	j = report_json(c, m->src.config);
	finding = json_array_get(json_object_get(j, "findings"), 0);
	broken = json_object_get(finding, "break");
	text = json_dumps(broken, JSON_COMPACT);
	assert_string_equal(
		text, "{\"ticket\":2,\"now\":1,\"saw_ticket\":1,\"saw_now\":1,"
		      "\"means\":[\"or CPU 0 and CPU 1 both have ticket 1\","
		      "\"two CPUs are inside: CPU 0 and CPU 1 have both entered with ticket 1\"],"
		      "\"behind\":[{\"cpu\":0,\"lock\":1,\"event\":\"INC_NOW\",\"ticket\":3,"
		      "\"now\":1},{\"cpu\":1,\"lock\":1,\"event\":\"INC_TICKET "
		      "10\",\"ticket\":1,\"now\":1},"
		      "{\"cpu\":1,\"lock\":1,\"event\":\"GET_NOW\",\"ticket\":2,\"now\":1},"
		      "{\"cpu\":1,\"lock\":1,\"event\":\"HOLD_LOCK\"}]}");
	free(text);
	json_decref(j);
	checker_free(c);
}

/* The stall that follows is told behind the break, though its mark is put out before the merge is asked. */
static void before_the_stall(void **state)
{
	const u64 stall[] = { 0, MV_WAITS_LOOKS, 1, 2, 1, 2000 };
	struct log_status status;
	const struct finding *f;
	struct err e;
	u32 n;

	(void)state;
	for (u32 i = 0; i < MERGE_CPUS; i++)
		log_episode(w(i), 0, 0, 0);
	section(0, 0);
	acquire(1, 1, 2);
	log_mark(log_run_writer(streams, 0), MARK_STALL, ARRAY_SIZE(stall), stall);
	assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(log_in_memory(streams));
	merge_finish(m);
	c = checker_new(m->src.config, check_set_all());
	assert_int_equal(feed_checker(merge_source(m), c, NULL, &e), 0);
	feed_merge_verdict(merge_source(m), c, true, &status);
	checker_end(c, true);
	f = checker_findings(c, &n);
	assert_int_equal(n, 2);
	assert_string_equal(f[0].row, "MERGE_LOST");
	assert_string_equal(f[1].row, "OUTCOME_STALL");
	assert_true(f[0].index < f[1].index || f[0].check < f[1].check);
	checker_free(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, merge_setup, merge_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_ticket),
		TEST(same_ticket_waits),
		TEST(inc_now_undone),
		TEST(inc_ticket_undone),
		TEST(neither_undone),
		TEST(passed_twice),
		TEST(written_twice),
		TEST(now_unlogged),
		TEST(inc_now_missing),
		TEST(inc_ticket_missing),
		TEST(several_unlogged),
		TEST(carry),
		TEST(no_carry),
		TEST(cut_enters_without_ticket),
		TEST(cut_takes_two_tickets),
		TEST(cut_passes_on_from_outside),
		TEST(cut_two_are_inside),
		TEST(halves),
		TEST(went_back),
		TEST(flat_memory),
		TEST(cycle),
		TEST(behind_the_end),
		TEST(reported),
		TEST(before_the_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
