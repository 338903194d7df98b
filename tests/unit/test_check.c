// SPDX-License-Identifier: GPL-2.0-only
/* What the text form cannot say: wrong words, CPUs out of range, differences out of range, the memory, the end. */
#include "oracle/check/check.h"
#include "oracle/check/law.h"
#include "oracle/data.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>

enum { LK = NPT_ID + 2 };

static struct event ev(enum event_kind kind, cpu_t cpu, u32 arg)
{
	return (struct event){ .kind = (u8)kind, .cpu = (u8)cpu, .lk = LK, .arg = arg };
}

static struct event mark(enum event_kind kind, cpu_t cpu, u32 arg)
{
	return (struct event){ .kind = (u8)kind, .cpu = (u8)cpu, .arg = arg };
}

static struct event word(struct event e, u32 ticket, u32 now)
{
	e.ticket = ticket;
	e.now = now;
	e.flags |= EVF_WORD;
	return e;
}

static struct checker *start(struct check_set checks)
{
	struct log_config config;
	struct checker *c;

	log_config_init(&config, 4);
	config.barriers = !check_set_has(&checks, CHK_QUEUE);
	c = checker_new(&config, checks);
	log_config_free(&config);
	return c;
}

static struct checker *judge(struct check_set checks, const struct event *v, u32 n)
{
	struct checker *c = start(checks);

	checker_feed(c, v, n);
	return c;
}

/* The only finding is @row at event @at of its log. */
static void expect(struct checker *c, const char *row, u64 at)
{
	const struct finding *f;
	u32 n;

	f = checker_findings(c, &n);
	assert_int_equal(n, row ? 1 : 0);
	if (row) {
		assert_string_equal(f->row, row);
		assert_int_equal(f->at, at);
	}
	checker_free(c);
}

#define SECTION(cpu) ev(EV_INC_TICKET, cpu, 10), ev(EV_GET_NOW, cpu, 0), ev(EV_HOLD_LOCK, cpu, 0)

/* A recorded ticket or now that is not the fold's is a finding at its event. */
static void words_are_the_folds(void **state)
{
	struct event good[] = { word(ev(EV_INC_TICKET, 0, 10), 0, 0),
		                word(ev(EV_GET_NOW, 0, 0), 1, 0), ev(EV_HOLD_LOCK, 0, 0),
		                word(ev(EV_INC_NOW, 0, 0), 1, 0),
		                word(ev(EV_INC_TICKET, 1, 10), 1, 1) };
	struct event bad[ARRAY_SIZE(good)];

	(void)state;
	expect(judge(check_set_all(), good, ARRAY_SIZE(good)), NULL, 0);
	memcpy(bad, good, sizeof(bad));
	bad[3].ticket = 2;
	expect(judge(check_set_all(), bad, ARRAY_SIZE(bad)), "WRAP_TICKET", 3);
	memcpy(bad, good, sizeof(bad));
	bad[4].now = 0;
	expect(judge(check_set_all(), bad, ARRAY_SIZE(bad)), "WRAP_NOW", 4);
}

/* An event by a CPU that the machine does not have is found by ticket order and by the oracle's domain. */
static void cpus_are_in_range(void **state)
{
	struct event v[] = { ev(EV_INC_TICKET, 7, 10), ev(EV_INC_TICKET, 8, 10) };

	(void)state;
	expect(judge(check_set_of(CHK_FIFO), v, 2), "FIFO_RANGE", 1);
	expect(judge(check_set_of(CHK_ORACLE), v, 2), "ORACLE_DOMAIN", 1);
}

/* A difference of a field or an index that the object does not have is refused, not applied. */
static void differences_are_in_range(void **state)
{
	struct diff diffs[] = { { .field = 7 },
		                { .field = 4, .first = 1, .last = 1 },
		                { .field = 4, .first = 0, .last = 1 },
		                { .field = 4, .first = ~0ull, .last = 0 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(diffs); i++) {
		struct event v[] = { SECTION(0), ev(EV_OPULL, 0, LK), ev(EV_ONPT, 0, 0) };

		v[4].diffs = &diffs[i];
		v[4].n = 1;
		expect(judge(check_set_all(), v, ARRAY_SIZE(v)), "CONTENTS_RANGE", 4);
	}
}

/* Memory that is not CalState of the log is a finding when the lock is free, and is not looked at when it is held. */
static void memory_is_the_logs(void **state)
{
	struct diff d = { .field = F_NPT_pt_pgd_next, .both = true, .old = 0, .new = 5 };
	struct event v[] = { SECTION(0), ev(EV_OPULL, 0, LK), ev(EV_ONPT, 0, 0),
		             ev(EV_INC_NOW, 0, 0) };
	struct checker *c = start(check_set_all());
	struct obj memory;
	struct err e;

	(void)state;
	assert_int_equal(obj_init(&memory, LK, &e), 0);
	v[4].diffs = &d;
	v[4].n = 1;
	checker_feed(c, v, 5);
	assert_true(checker_compare(c, &memory));
	checker_feed(c, v + 5, 1);
	assert_int_equal(obj_get(checker_contents(c, LK), F_NPT_pt_pgd_next, 0), 5);
	obj_set(&memory, F_NPT_pt_pgd_next, 0, 5);
	assert_true(checker_compare(c, &memory));
	obj_set(&memory, F_NPT_pt_pmd_next, 0, 1);
	assert_false(checker_compare(c, &memory));
	obj_destroy(&memory);
	expect(c, "CONTENTS_MEMORY", 6);
}

static struct event on_lock(lk_t lk, struct event e)
{
	e.lk = lk;
	return e;
}

/* A new episode begins with free locks, initial contents and no tickets; worst cases are kept. */
static void episodes_begin_anew(void **state)
{
	struct diff d = { .field = F_NPT_pt_pgd_next, .both = true, .old = 0, .new = 5 };
	struct event v[] = { mark(MARK_EPISODE, 0, 0),
		             on_lock(SMMU_ID, ev(EV_INC_TICKET, 0, 10)),
		             on_lock(SMMU_ID, ev(EV_GET_NOW, 0, 0)),
		             on_lock(SMMU_ID, ev(EV_HOLD_LOCK, 0, 0)),
		             on_lock(SMMU_ID, ev(EV_INC_NOW, 0, 0)),
		             SECTION(0),
		             ev(EV_OPULL, 0, LK),
		             ev(EV_ONPT, 0, 0),
		             ev(EV_OPULL, 0, LK),
		             mark(MARK_PANIC, 0, 0) };
	struct checker *c = start(check_set_all());
	struct check_verdict verdict;

	(void)state;
	v[9].diffs = &d;
	v[9].n = 1;
	for (u32 i = 0; i < 3; i++) {
		v[0].arg = i;
		checker_feed(c, v, ARRAY_SIZE(v));
		checker_feed(c, v, 1); /* the other stream's mark of the same episode, late */
	}
	checker_verdict(c, CHK_BOUND, &verdict);
	assert_string_equal(verdict.worst, "max self 3/10");
	assert_int_equal(checker_n_findings(c), 0);
	v[0].arg = 3;
	checker_feed(c, v, 2);
	checker_end(c, true); /* no panic in this one: the ticket is a leak */
	expect(c, "LEAK_END", 3 * (ARRAY_SIZE(v) + 1) + 2);
}

static struct event flat(cpu_t cpu, const struct diff *d, u32 n)
{
	return (struct event){
		.kind = EV_OFLATMEM, .cpu = (u8)cpu, .lk = FLATMEM_ID, .diffs = d, .n = n
	};
}

/* Flat memory takes values from the data oracle of the log's seed; its digests and the memory are compared as others'. */
static void flat_memory_from_the_oracle(void **state)
{
	struct diff d[] = {
		{ .oracle = true, .vmid = 3, .first = 5, .last = 7, .index = 17 },
		{ .both = true, .first = 6, .last = 6, .old = doracle(9, 3, 18), .new = 4 },
	};
	struct event v[] = { flat(1, d, 1), flat(0, d + 1, 1), flat(2, NULL, 0) };
	struct log_config config;
	struct checker *c;
	struct obj memory;
	struct err e;

	(void)state;
	assert_int_equal(obj_init(&memory, FLATMEM_ID, &e), 0);
	obj_set(&memory, F_FLATMEM_flatmem, 5, doracle(9, 3, 17));
	obj_set(&memory, F_FLATMEM_flatmem, 6, 4);
	obj_set(&memory, F_FLATMEM_flatmem, 7, doracle(9, 3, 19));
	v[2].digest = memory.digest;
	v[2].digest_len = 8;
	log_config_init(&config, 4);
	config.seed = 9;
	for (u32 wrong = 0; wrong < 3; wrong++) {
		c = checker_new(&config, check_set_all());
		v[2].digest += wrong == 1;
		checker_feed(c, v, 3);
		v[2].digest -= wrong == 1;
		if (wrong == 2)
			obj_set(&memory, F_FLATMEM_flatmem, 1 << 27, 1);
		assert_int_equal(checker_compare(c, &memory), wrong != 2);
		expect(c,
		       wrong == 0   ? NULL
		       : wrong == 1 ? "CONTENTS_PUSH"
		                    : "CONTENTS_MEMORY",
		       wrong == 1 ? 2 : 3);
	}
	/* Another object has no values of the oracle's. */
	v[0].lk = S2PAGE_ID;
	v[0].kind = EV_OS2_PAGE;
	expect(judge(check_set_of(CHK_CONTENTS), v, 1), "CONTENTS_RANGE", 0);
	obj_destroy(&memory);
}

/* Behind a hole of flat memory its contents are not judged, until the next episode. */
static void flat_memory_unknown_behind_a_hole(void **state)
{
	struct diff d = { .both = true, .first = 6, .last = 6, .old = 1, .new = 4 };
	struct event v[] = { mark(MARK_EPISODE, 0, 0), flat(1, NULL, 0), flat(0, &d, 1) };
	struct checker *c = start(check_set_all());
	struct check_verdict verdict;
	struct obj memory;
	struct err e;

	(void)state;
	assert_int_equal(obj_init(&memory, FLATMEM_ID, &e), 0);
	obj_set(&memory, F_FLATMEM_flatmem, 3, 3);
	v[1].flags = EVF_WORD | EVF_FILLED;
	checker_feed(c, v, 3);
	assert_null(checker_contents(c, FLATMEM_ID));
	assert_true(checker_compare(c, &memory));
	assert_int_equal(checker_n_findings(c), 0);
	checker_verdict(c, CHK_CONTENTS, &verdict);
	assert_string_equal(verdict.worst, "0 pushes, no digests, FLATMEM unknown behind 1 hole");
	v[0].arg = 1;
	checker_feed(c, v, 1);
	checker_feed(c, v + 2, 1);
	obj_destroy(&memory);
	expect(c, "CONTENTS_OLD", 2);
}

/* Contents begin as the log's head says, in each episode. */
static void contents_begin_as_configured(void **state)
{
	struct init_row init[] = {
		{ .obj = LK, .d = { .field = F_NPT_pt_pgd_next, .both = true, .new = 5 } },
		{ .obj = LK,
		  .d = { .field = F_NPT_pt_vttbr_pool,
		         .both = true,
		         .first = 0x4010000,
		         .last = 0x4010010,
		         .new = 7 },
		  .step = 3 },
	};
	struct diff d = { .field = F_NPT_pt_pgd_next, .both = true, .old = 5, .new = 6 };
	struct event v[] = { mark(MARK_EPISODE, 0, 0), SECTION(0), ev(EV_OPULL, 0, LK),
		             ev(EV_ONPT, 0, 0) };
	struct log_config config;
	struct checker *c;

	(void)state;
	log_config_init(&config, 4);
	config.n_init = ARRAY_SIZE(init);
	config.init = init;
	c = checker_new(&config, check_set_all());
	v[5].diffs = &d;
	v[5].n = 1;
	for (u32 i = 0; i < 2; i++) {
		v[0].arg = i;
		checker_feed(c, v, 4);
		assert_int_equal(obj_get(checker_contents(c, LK), F_NPT_pt_pgd_next, 0), 5);
		for (u64 k = 0; k < 4; k++)
			assert_int_equal(obj_get(checker_contents(c, LK), F_NPT_pt_vttbr_pool,
			                         0x4010000 + 8 * k),
			                 k < 3 ? 7 + 3 * k : 0);
		checker_feed(c, v + 4, 2);
		assert_int_equal(obj_get(checker_contents(c, LK), F_NPT_pt_pgd_next, 0), 6);
		checker_feed(c, (struct event[]){ ev(EV_INC_NOW, 0, 0) }, 1);
	}
	expect(c, NULL, 0);
}

/* Rounds are a CPU's own looks since its ticket, against CalWaitTime of the queue that it joined. */
static void waits_are_measured(void **state)
{
	struct event v[] = {
		SECTION(0),           ev(EV_INC_NOW, 0, 0),     SECTION(1),
		ev(EV_INC_NOW, 1, 0), ev(EV_INC_TICKET, 0, 10), ev(EV_INC_TICKET, 1, 10),
		ev(EV_GET_NOW, 1, 0), ev(EV_GET_NOW, 0, 0),     ev(EV_HOLD_LOCK, 0, 0),
		ev(EV_INC_NOW, 0, 0), ev(EV_GET_NOW, 1, 0),     ev(EV_HOLD_LOCK, 1, 0),
		ev(EV_INC_NOW, 1, 0)
	};
	struct checker *c = judge(check_set_all(), v, ARRAY_SIZE(v));
	struct check_verdict verdict;

	(void)state;
	checker_verdict(c, CHK_WAIT, &verdict);
	/* 581 = 1 + 20 + (14 + 14) * 20; 299 = 19 + 14 * 20 */
	assert_string_equal(verdict.worst, "worst wait 2 rounds/581, largest decrease_number 299");
	expect(c, NULL, 0);
}

/* A lock held at the end is a leak of each CPU that has it, unless the log was cut or a CPU panicked. */
static void locks_are_free_at_the_end(void **state)
{
	struct event v[] = { SECTION(0), mark(MARK_PANIC, 1, 0) };
	struct checker *c = judge(check_set_all(), v, 3);

	(void)state;
	checker_end(c, true);
	expect(c, "LEAK_END", 3);
	c = judge(check_set_all(), v, 3);
	checker_end(c, false);
	expect(c, NULL, 0);
	c = judge(check_set_all(), v, 4);
	checker_end(c, true);
	expect(c, NULL, 0);
}

/* What is said of an object's memory at the end is compared with the log, unless a push may be missing. */
static void memory_at_the_end(void **state)
{
	const u64 args[] = { LK, 77 };
	struct event v[] = { mark(MARK_MEMORY, 0, LK) };
	struct checker *c;

	(void)state;
	v[0].n = ARRAY_SIZE(args);
	v[0].args = args;
	c = judge(check_set_all(), v, 1);
	checker_end(c, false);
	expect(c, "CONTENTS_EPISODE", 0);
	c = judge(check_set_all(), v, 1);
	checker_cut(c);
	checker_end(c, false);
	expect(c, NULL, 0);
}

/* Two locks taken in both orders: a breach of rank at each edge, and the circle with who took what. */
static void circles_are_shown(void **state)
{
	struct event v[] = {
		on_lock(6, ev(EV_INC_TICKET, 0, 10)), on_lock(7, ev(EV_INC_TICKET, 0, 10)),
		on_lock(7, ev(EV_INC_NOW, 0, 0)),     on_lock(6, ev(EV_INC_NOW, 0, 0)),
		on_lock(7, ev(EV_INC_TICKET, 1, 10)), on_lock(8, ev(EV_INC_TICKET, 1, 10)),
		on_lock(8, ev(EV_INC_NOW, 1, 0)),     on_lock(7, ev(EV_INC_NOW, 1, 0)),
		on_lock(8, ev(EV_INC_TICKET, 2, 10)), on_lock(6, ev(EV_INC_TICKET, 2, 10))
	};
	struct checker *c = judge(check_set_of(CHK_ORDER), v, ARRAY_SIZE(v));
	const struct finding *f;
	u32 n;

	(void)state;
	f = checker_findings(c, &n);
	assert_int_equal(n, 4);
	assert_string_equal(f[0].row, "ORDER_RANK");
	assert_string_equal(f[3].row, "ORDER_CYCLE");
	assert_string_equal(f[3].state, "NPT:3 -> NPT:1 (CPU 2) -> NPT:2 (CPU 0) -> NPT:3 (CPU 1)");
	checker_free(c);
}

/* A log that keeps repeated reads is not judged for fairness, waiting and the oracle. */
static void repeated_reads_have_no_fairness(void **state)
{
	struct event v[40] = { ev(EV_INC_TICKET, 0, 10), ev(EV_INC_TICKET, 1, 10) };
	struct check_verdict verdict;
	struct log_config config;
	struct checker *c;

	(void)state;
	for (u32 i = 2; i < ARRAY_SIZE(v); i++)
		v[i] = ev(EV_GET_NOW, 1, 0);
	log_config_init(&config, 4);
	config.keep_reads = true;
	c = checker_new(&config, check_set_all());
	checker_feed(c, v, ARRAY_SIZE(v));
	checker_verdict(c, CHK_FAIRNESS, &verdict);
	assert_false(verdict.judged);
	expect(c, NULL, 0);
}

/* However the log is cut into batches, findings, their places and the events around the first are the same. */
static void batches_do_not_matter(void **state)
{
	struct event v[700];
	u32 near[2], n = 0;

	(void)state;
	for (u32 i = 0; i + 6 <= ARRAY_SIZE(v); i += 6) {
		struct event s[] = { SECTION(i % 4), ev(EV_OPULL, i % 4, LK), ev(EV_ONPT, i % 4, 0),
			             ev(EV_INC_NOW, i % 4, 0) };

		memcpy(v + i, s, sizeof(s));
		n = i + 6;
	}
	v[601] = v[600];
	for (u32 way = 0; way < 2; way++) {
		struct checker *c = start(check_set_of(CHK_QUEUE));
		const struct context_event *around;

		for (u32 i = 0; i < n; i += way ? n : 1)
			checker_feed(c, v + i, way ? n : 1);
		around = checker_context(c, &near[way]);
		assert_int_equal(around[0].index, 601 - CONTEXT_BEFORE);
		assert_int_equal(around[CONTEXT_BEFORE].index, 601);
		expect(c, "Q_TICKET_TWICE", 601);
	}
	assert_int_equal(near[0], CONTEXT_BEFORE + 1 + CONTEXT_AFTER);
	assert_int_equal(near[1], near[0]);
}

/* The barriers before a step that the merge filled in need not be in the log: the record that was to carry them is not. */
static void filled_needs_no_barrier(void **state)
{
	(void)state;
	for (u32 filled = 0; filled < 2; filled++) {
		struct event pass[] = { SECTION(0), ev(EV_INC_NOW, 0, 0) };
		struct event take[] = { SECTION(0), ev(EV_INC_TICKET, 0, 10) };
		u32 last = ARRAY_SIZE(pass) - 1;

		take[last].lk = pass[last].lk + 1;
		take[last].flags = pass[last].flags = filled ? EVF_FILLED : 0;
		expect(judge(check_set_of(CHK_BARRIER), pass, last + 1),
		       filled ? NULL : "BARRIER_PASS", last);
		expect(judge(check_set_of(CHK_BARRIER), take, last + 1),
		       filled ? NULL : "BARRIER_TICKET", 0);
	}
}

/* The worst wait does not depend on which of two as long ones came first: it is the one that was allowed less. */
static void worst_wait_is_one(void **state)
{
	struct check_verdict v[2];

	(void)state;
	for (u32 way = 0; way < 2; way++) {
		u32 first = way ? 10 : 3;
		struct event log[] = { ev(EV_INC_TICKET, 0, first),      ev(EV_GET_NOW, 0, 0),
			               ev(EV_HOLD_LOCK, 0, 0),           ev(EV_INC_NOW, 0, 0),
			               ev(EV_INC_TICKET, 0, 13 - first), ev(EV_GET_NOW, 0, 0),
			               ev(EV_HOLD_LOCK, 0, 0),           ev(EV_INC_NOW, 0, 0) };
		struct checker *c = judge(check_set_of(CHK_WAIT), log, ARRAY_SIZE(log));

		checker_verdict(c, CHK_WAIT, &v[way]);
		checker_free(c);
	}
	assert_string_equal(v[0].worst, "worst wait 1 rounds/161, largest decrease_number 20");
	assert_string_equal(v[1].worst, v[0].worst);
}

/* What comes before the first EPISODE mark is of another machine, whether it comes in the same batch or not. */
static void first_episode_begins_anew(void **state)
{
	struct event v[] = { ev(EV_INC_NOW, 0, 0), mark(MARK_EPISODE, 0, 0),
		             ev(EV_INC_TICKET, 0, 10), ev(EV_INC_TICKET, 0, 10) };

	(void)state;
	for (u32 way = 0; way < 2; way++) {
		struct checker *c = start(check_set_of(CHK_QUEUE));
		const struct finding *f;
		u32 n;

		for (u32 i = 0; i < ARRAY_SIZE(v); i += way ? ARRAY_SIZE(v) : 1)
			checker_feed(c, v + i, way ? ARRAY_SIZE(v) : 1);
		f = checker_findings(c, &n);
		assert_int_equal(n, 2);
		assert_string_equal(f[0].row, "Q_EMPTY");
		assert_string_equal(f[1].row, "Q_TICKET_TWICE");
		assert_int_equal(f[1].index, 3);
		checker_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_the_folds),
		cmocka_unit_test(cpus_are_in_range),
		cmocka_unit_test(differences_are_in_range),
		cmocka_unit_test(memory_is_the_logs),
		cmocka_unit_test(episodes_begin_anew),
		cmocka_unit_test(flat_memory_from_the_oracle),
		cmocka_unit_test(flat_memory_unknown_behind_a_hole),
		cmocka_unit_test(contents_begin_as_configured),
		cmocka_unit_test(waits_are_measured),
		cmocka_unit_test(locks_are_free_at_the_end),
		cmocka_unit_test(memory_at_the_end),
		cmocka_unit_test(circles_are_shown),
		cmocka_unit_test(repeated_reads_have_no_fairness),
		cmocka_unit_test(batches_do_not_matter),
		cmocka_unit_test(filled_needs_no_barrier),
		cmocka_unit_test(worst_wait_is_one),
		cmocka_unit_test(first_episode_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
