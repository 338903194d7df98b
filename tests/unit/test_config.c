// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/config.h"

#include "oracle/data.h"
#include "sim/base/addr.h"
#include "sim/log/read/replay.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

/* What is written is read back, and written the same again. */
static void config_round_trips(void **state)
{
	static const char text[] =
		"{\"cpus\":12,\"total_cpu\":12,\"fairness\":23,\"lock_bound\":10,"
		"\"start_ticket\":4294967000,\"start_now\":4294967000,"
		"\"seed\":\"0xffffffffffffffff\",\"machine\":true,\"barriers\":true,"
		"\"keep_reads\":false,\"timestamps\":true,\"digests\":true,"
		"\"scenario\":\"lock-storm\",\"ops\":[\"map_page\",\"clear_vm\"],"
		"\"init\":[[1,\"next_vmid\",0,0,\"0x1\"],"
		"[5,\"pt_vttbr_pool\",\"0x10000\",\"0x10008\",\"0x8000000000000000\"],"
		"[2,\"s2_gfn\",7,9,\"0x3b9acc00\",\"0x1\"],"
		"[2,\"s2_count\",7,9,\"0x3\",\"0xffffffffffffffff\"]],"
		"\"extra\":{\"locks\":4,\"nested\":{\"a\":[1,2.5,null]}}}";
	struct log_config c;
	struct err e;
	char *again, *third;
	size_t same = strlen(text) - 1;

	(void)state;
	assert_int_equal(log_config_from_json(&c, text, strlen(text), &e), 0);
	assert_int_equal(c.cpus, 12);
	assert_true(c.seed == UINT64_MAX);
	assert_true(c.machine && c.barriers && c.timestamps && c.digests && !c.keep_reads);
	assert_int_equal(c.n_ops, 2);
	assert_string_equal(c.op_names[1], "clear_vm");
	assert_int_equal(c.n_init, 4);
	assert_int_equal(c.init[1].obj, 5);
	assert_true(c.init[1].d.last == 65544 && c.init[1].d.new == 1ull << 63);
	assert_true(c.init[1].step == 0 && c.init[2].step == 1 && c.init[3].step == UINT64_MAX);
	assert_false(errata_published(&c.errata, ERRATUM_LOCK_NUMBERING));
	errata_set(&c.errata, ERRATUM_TICKET_LOG, true);
	again = log_config_to_json(&c);
	assert_memory_equal(again, text, same);
	assert_memory_equal(&again[same], ",\"errata\":{", 11);
	log_config_free(&c);
	assert_int_equal(log_config_from_json(&c, again, strlen(again), &e), 0);
	assert_true(errata_published(&c.errata, ERRATUM_TICKET_LOG));
	third = log_config_to_json(&c);
	assert_string_equal(third, again);
	free(again);
	free(third);
	log_config_free(&c);
}

/* Only the number of CPUs is needed; the rest has the defaults that this number asks for. */
static void missing_keys_have_defaults(void **state)
{
	struct log_config c, d;
	struct err e;
	char *a, *b;

	(void)state;
	assert_int_equal(log_config_from_json(&c, "{\"cpus\":16}", 11, &e), 0);
	log_config_init(&d, 16);
	assert_int_equal(d.fairness, 31);
	assert_int_equal(d.total_cpu, 16);
	a = log_config_to_json(&c);
	b = log_config_to_json(&d);
	assert_string_equal(a, b);
	free(a);
	free(b);
	log_config_free(&c);
	log_config_free(&d);
}

/* Every wrong configuration is refused, and the message names the key. */
static void wrong_configurations_are_refused(void **state)
{
	static const struct {
		const char *json, *message;
	} bad[] = {
		{ "", "not JSON" },
		{ "[]", "expected a JSON object" },
		{ "{\"cpus\":1}x", "not JSON" },
		{ "{\"cpus\":1,\"cpus\":2}", "not JSON" },
		{ "{}", "cpus: missing" },
		{ "{\"cpus\":0}", "cpus: expected a number 1..64" },
		{ "{\"cpus\":65}", "cpus: expected" },
		{ "{\"cpus\":\"0x4\"}", "cpus: expected" },
		{ "{\"cpus\":4,\"colour\":1}", "unknown key \"colour\"" },
		{ "{\"cpus\":4,\"total_cpu\":0}", "total_cpu: expected" },
		{ "{\"cpus\":4,\"fairness\":0}", "fairness: expected" },
		{ "{\"cpus\":4,\"fairness\":-1}", "fairness: expected" },
		{ "{\"cpus\":4,\"lock_bound\":4294967296}", "lock_bound: expected" },
		{ "{\"cpus\":4,\"start_ticket\":4294967296}", "start_ticket: expected" },
		{ "{\"cpus\":4,\"start_now\":1.5}", "start_now: expected" },
		{ "{\"cpus\":4,\"seed\":-1}", "seed: expected" },
		{ "{\"cpus\":4,\"seed\":\"0x\"}", "seed: expected" },
		{ "{\"cpus\":4,\"seed\":\"0x12345678123456781\"}", "seed: expected" },
		{ "{\"cpus\":4,\"seed\":\"12\"}", "seed: expected" },
		{ "{\"cpus\":4,\"machine\":1}", "machine: expected true or false" },
		{ "{\"cpus\":4,\"machine\":true,\"start_now\":1}", "start_now: differs" },
		{ "{\"cpus\":4,\"scenario\":7}", "scenario: expected" },
		{ "{\"cpus\":4,\"scenario\":\"a\\nb\"}", "scenario: holds a control" },
		{ "{\"cpus\":4,\"ops\":{}}", "ops: expected an array" },
		{ "{\"cpus\":4,\"ops\":[\"a\",\"b c\"]}", "ops: entry 1 is not a name" },
		{ "{\"cpus\":4,\"ops\":[\"7\"]}", "ops: entry 0 is not a name" },
		{ "{\"cpus\":4,\"ops\":[\"a\",\"a\"]}", "ops: \"a\" is there twice" },
		{ "{\"cpus\":4,\"init\":7}", "init: expected an array" },
		{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",0,0]]}", "init: row 0: expected [" },
		{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",0,0,1,1,1]]}",
		  "init: row 0: expected [" },
		{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",0,0,1,-1]]}", "row 0: expected a step" },
		{ "{\"cpus\":4,\"init\":[[39,\"next_vmid\",0,0,1]]}", "row 0: expected an object" },
		{ "{\"cpus\":4,\"init\":[[1,\"vm_kvm\",0,0,1]]}", "row 0: expected the name" },
		{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",1,1,1]]}", "row 0: the first index" },
		{ "{\"cpus\":4,\"init\":[[5,\"pt_vttbr_pool\",65537,65544,1]]}", "the first" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",3,2,1]]}", "row 0: the last index" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",0,16,1]]}", "row 0: the last index" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",0,1,true]]}", "row 0: expected a value" },
		{ "{\"cpus\":4,\"init\":[[0,\"flatmem\",0,268435455,1]]}", "more than 2^26 cells" },
		{ "{\"cpus\":4,\"extra\":[]}", "extra: expected an object" },
		{ "{\"cpus\":4,\"errata\":[]}", "errata: expected an object" },
		{ "{\"cpus\":4,\"errata\":{\"ticket-log\":true}}", "found \"ticket-log\"" },
		{ "{\"cpus\":4,\"errata\":{\"ticket-log\":\"both\"}}", "found \"ticket-log\"" },
		{ "{\"cpus\":4,\"errata\":{\"no-such\":\"published\"}}", "found \"no-such\"" },
		{ "{\"cpus\":4,\"errata\":{\"all\":\"published\"}}", "found \"all\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err e = { 0 };
		struct log_config c;
		int rc = log_config_from_json(&c, bad[i].json, strlen(bad[i].json), &e);

		if (rc != -ERR_CONFIG || !strstr(e.msg, bad[i].message))
			fail_msg("%s: %d \"%s\", expected \"%s\"", bad[i].json, rc, e.msg,
			         bad[i].message);
	}
}

/* The cells of a row hold its value and, one after the other, a step more; indices of pools go in eights. */
static void rows_rise_by_their_step(void **state)
{
	const struct init_row rows[] = {
		{ .obj = S2PAGE_ID,
		  .d = { .field = F_S2PAGE_s2_gfn, .first = 7, .last = 9, .new = UINT64_MAX },
		  .step = 2 },
		{ .obj = S2PAGE_ID,
		  .d = { .field = F_S2PAGE_s2_count, .first = 8, .last = 9, .new = 4 } },
	};
	const struct init_row pool = { .obj = NPT_ID + 1,
		                       .d = { .field = F_NPT_pt_vttbr_pool,
		                              .first = pool_start(1),
		                              .last = pool_start(1) + 8,
		                              .new = 3 },
		                       .step = 5 };
	struct obj s2page, npt;
	struct err e;

	(void)state;
	assert_int_equal(obj_init(&s2page, S2PAGE_ID, &e), 0);
	assert_int_equal(obj_init(&npt, NPT_ID + 1, &e), 0);
	init_row_apply(&rows[0], &s2page);
	init_row_apply(&rows[1], &s2page);
	init_row_apply(&pool, &npt);
	for (u64 i = 6; i < 11; i++) {
		assert_true(obj_get(&s2page, F_S2PAGE_s2_gfn, i) ==
		            (i < 7 || i > 9 ? 0 : (i - 7) * 2 - 1));
		assert_true(obj_get(&s2page, F_S2PAGE_s2_count, i) == (i < 8 || i > 9 ? 0 : 4));
	}
	assert_true(obj_get(&npt, F_NPT_pt_vttbr_pool, pool_start(1)) == 3);
	assert_true(obj_get(&npt, F_NPT_pt_vttbr_pool, pool_start(1) + 8) == 8);
	assert_true(obj_get(&npt, F_NPT_pt_vttbr_pool, pool_start(1) + 16) == 0);
	assert_true(s2page.digest == obj_digest(&s2page));
	obj_destroy(&s2page);
	obj_destroy(&npt);
}

/* Who reads a log begins with the rows' values. */
static void replay_begins_with_the_rows(void **state)
{
	struct init_row row = {
		.obj = S2PAGE_ID,
		.d = { .field = F_S2PAGE_s2_gfn, .first = 7, .last = 9, .new = 100 },
		.step = 10
	};
	const struct diff d = { .field = F_S2PAGE_s2_gfn, .first = 8, .last = 8, .new = 1 };
	struct event ev = { .kind = EV_OS2_PAGE, .lk = S2PAGE_ID, .n = 1, .diffs = &d };
	struct log_config c;
	struct replay *r;
	struct err e;
	u64 at;

	(void)state;
	log_config_init(&c, 1);
	c.init = &row;
	c.n_init = 1;
	r = replay_new(&c, doracle);
	assert_int_equal(replay_event(r, &ev, &at, &e), 0);
	assert_int_equal(ev.n, 1);
	assert_true(ev.diffs->both && ev.diffs->old == 110 && ev.diffs->new == 111);
	replay_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_round_trips),
		cmocka_unit_test(missing_keys_have_defaults),
		cmocka_unit_test(wrong_configurations_are_refused),
		cmocka_unit_test(rows_rise_by_their_step),
		cmocka_unit_test(replay_begins_with_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
