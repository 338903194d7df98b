// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/check.h"
#include "tests/kit.h"

static struct event mark(u32 kind, u32 cpu, u32 arg)
{
	return (struct event){ .kind = (u8)kind, .cpu = (u8)cpu, .arg = arg };
}

static struct checker *start(struct check_set checks)
{
	struct log_config config;
	struct checker *c;

	log_config_init(&config, 4);
	c = checker_new(&config, checks);
	log_config_free(&config);
	return c;
}

/* Findings beyond the first MAX_FINDINGS are counted; the first ones stay, and stay in order. */
static void findings_are_capped(void **state)
{
	struct event v[100];
	struct checker *c;
	const struct finding *f;
	u32 n;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = mark(MARK_STUCK, i % 4, i);
	c = start(check_set_of(CHK_STUCK));
	checker_feed(c, v, ARRAY_SIZE(v));
	f = checker_findings(c, &n);
	assert_int_equal(n, MAX_FINDINGS);
	assert_int_equal(f[0].index, 0);
	assert_int_equal(f[MAX_FINDINGS - 1].index, MAX_FINDINGS - 1);
	assert_int_equal(checker_n_findings(c), ARRAY_SIZE(v));
	checker_free(c);
}

/* A known finding decides nothing, and never takes a violation's place, whichever comes first. */
static void known_findings_stand_behind(void **state)
{
	struct finding known = { .check = CHK_PULL, .class = FINDING_KNOWN, .row = "KNOWN" };
	struct event e = mark(MARK_STUCK, 1, 0);
	struct checker *c = start(check_set_of(CHK_STUCK));
	struct check_verdict verdict;
	u32 n;

	(void)state;
	for (; known.index < MAX_FINDINGS + 1; known.index++)
		checker_add_finding(c, &known);
	checker_verdict(c, CHK_PULL, &verdict);
	assert_true(verdict.judged);
	assert_int_equal(verdict.n_findings, 0);
	assert_int_equal(verdict.n_known, MAX_FINDINGS + 1);
	assert_int_equal(checker_n_findings(c), 0);
	assert_int_equal(checker_n_known(c), MAX_FINDINGS + 1);
	for (u32 violations = 1; violations <= MAX_FINDINGS + 2; violations++) {
		u32 kept = violations < MAX_FINDINGS ? violations : MAX_FINDINGS;

		checker_feed(c, &e, 1);
		assert_string_equal(checker_findings(c, &n)[0].row, "STUCK_CALL");
		assert_int_equal(n, kept);
		(void)checker_known(c, &n);
		assert_int_equal(n, MAX_FINDINGS - kept);
		assert_int_equal(checker_n_findings(c), violations);
	}
	assert_int_equal(checker_n_known(c), MAX_FINDINGS + 1);
	checker_free(c);
}

/* The events that are shown are those around the first violation, also when a known finding came before it. */
static void known_findings_are_not_the_first(void **state)
{
	struct finding known = {
		.check = CHK_STUCK, .class = FINDING_KNOWN, .cpu = 1, .lk = FINDING_NO_LOCK
	};
	struct event v[] = { mark(EV_INC_TICKET, 1, 10), mark(EV_INC_TICKET, 0, 10),
		             mark(MARK_STUCK, 0, 0) };
	struct checker *c = start(check_set_of(CHK_STUCK));
	const struct context_event *around;
	u32 n;

	(void)state;
	checker_add_finding(c, &known);
	checker_feed(c, v, 1);
	checker_feed(c, v + 1, 2);
	around = checker_context(c, &n);
	assert_int_equal(n, 2);
	assert_int_equal(around[0].index, 1);
	assert_int_equal(around[1].index, 2);
	checker_free(c);
}

/* A finding of the merge is put at its place and makes the merge's verdict. */
static void findings_of_the_merge(void **state)
{
	struct event v[] = { mark(MARK_STUCK, 0, 0), mark(MARK_STUCK, 0, 0) };
	struct finding f = { .check = CHK_MERGE, .row = "MERGE_LOST", .index = 0 };
	struct checker *c = start(check_set_of(CHK_STUCK));
	struct check_verdict verdict;
	u32 n;

	(void)state;
	checker_feed(c, v, 2);
	checker_verdict(c, CHK_MERGE, &verdict);
	assert_false(verdict.judged);
	checker_add_finding(c, &f);
	checker_verdict(c, CHK_MERGE, &verdict);
	assert_true(verdict.judged);
	assert_int_equal(verdict.n_findings, 1);
	assert_string_equal(checker_findings(c, &n)->row, "MERGE_LOST");
	assert_int_equal(n, 3);
	checker_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_capped),
		cmocka_unit_test(known_findings_stand_behind),
		cmocka_unit_test(known_findings_are_not_the_first),
		cmocka_unit_test(findings_of_the_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
