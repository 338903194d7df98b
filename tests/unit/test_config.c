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
		"\"seed\":\"0xffffffffffffffff\",\"guest_base\":\"0x40000000\","
		"\"guest_span\":2097152,\"machine\":true,\"barriers\":true,"
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
	assert_true(c.guest_base == 0x40000000 && c.guest_span == 0x200000);
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

/* Configurations with SMMUs, and with regions. */
#define SMMUS(n, base, size, hyp, shift, banks, more)                                             \
	"{\"cpus\":1,\"smmu_conf\":{\"smmu_num\":" n ",\"smmu_phys_base\":" base                  \
	",\"smmu_size\":" size ",\"smmu_hyp_base\":" hyp ",\"smmu_pgshift\":" shift               \
	",\"smmu_features\":[1,2],\"smmu_options\":[3,4],\"smmu_dev_context_banks\":" banks       \
	",\"num_s2_context_banks\":[8,8],\"smmu_dev_mapping_groups\":[7,7],\"smmu_va_size\":[40," \
	"64],"                                                                                    \
	"\"smmu_ipa_size\":[40,40],\"smmu_pa_size\":[40,40],\"smmu_dev_global_irqs\":[1,1],"      \
	"\"smmu_dev_context_irqs\":[8,9],\"smmu_exists\":[1,0]" more "}}"
#define REGIONS(rows) "{\"cpus\":1,\"regions\":[" rows "]}"

/* Regions and SMMUs are read into their fields, and written again; a text of version 2 has them in its extra part. */
static void memory_is_typed(void **state)
{
	static const char smmus[] =
		SMMUS("2", "[\"0x100000\",\"0x110000\"]", "[65536,65536]",
	              "[\"0xffffffffffffffff\",\"0x0\"]", "[12,16]", "[8,4]", "");
	static const char rows[] =
		REGIONS("[0,2097152,\"0xffffffffffffffff\",1],[2097152,4096,7,0]");
	static const char old[] =
		"{\"cpus\":1,\"extra\":{\"a\":1,\"regions\":[[4096,4096,9,2]],\"smmu_conf\":{"
		"\"smmu_num\":0,\"smmu_phys_base\":[],\"smmu_size\":[],\"smmu_hyp_base\":[],"
		"\"smmu_pgshift\":[],\"smmu_features\":[],\"smmu_options\":[],"
		"\"smmu_dev_context_banks\":[],\"num_s2_context_banks\":[],"
		"\"smmu_dev_mapping_groups\":[],\"smmu_va_size\":[],\"smmu_ipa_size\":[],"
		"\"smmu_pa_size\":[],\"smmu_dev_global_irqs\":[],\"smmu_dev_context_irqs\":[],"
		"\"smmu_exists\":[]}}}";
	struct log_config c;
	struct err e = { 0 };
	char *text;

	(void)state;
	if (log_config_from_json(&c, smmus, strlen(smmus), &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(c.fixed.region_cnt, 0);
	assert_int_equal(c.fixed.smmu.smmu_num, 2);
	assert_true(c.fixed.smmu.smmu_phys_base[1] == 1114112);
	assert_true(c.fixed.smmu.smmu_hyp_base[0] == ~0ull);
	assert_int_equal(c.fixed.smmu.smmu_pgshift[1], 16);
	assert_int_equal(c.fixed.smmu.smmu_dev_context_banks[1], 4);
	assert_int_equal(c.fixed.smmu.smmu_va_size[1], 64);
	assert_int_equal(c.fixed.smmu.smmu_exists[0], 1);
	text = log_config_to_json(&c);
	/* without the brace that ends the configuration */
	assert_non_null(strstr(text, "\"smmu_conf\""));
	assert_memory_equal(strstr(text, "\"smmu_conf\""), strstr(smmus, "\"smmu_conf\""),
	                    strlen(strstr(smmus, "\"smmu_conf\"")) - 1);
	free(text);
	log_config_free(&c);
	assert_int_equal(log_config_from_json(&c, rows, strlen(rows), &e), 0);
	assert_int_equal(c.fixed.region_cnt, 2);
	assert_true(c.fixed.region[0].mb_index == ~0ull && c.fixed.region[0].mb_flag == 1);
	assert_true(c.fixed.region[1].mb_base == 2097152 && c.fixed.region[1].mb_size == 4096);
	assert_true(c.fixed.region[1].mb_index == 7);
	text = log_config_to_json(&c);
	assert_non_null(strstr(text, "\"regions\":[[\"0x0\",2097152,\"0xffffffffffffffff\",1],["
	                             "\"0x200000\",4096,7,0]],"));
	free(text);
	log_config_free(&c);
	assert_int_equal(log_config_from_json(&c, old, strlen(old), &e), 0);
	assert_true(c.fixed.region_cnt == 1 && c.fixed.region[0].mb_index == 9);
	assert_string_equal(c.extra_json, "{\"a\":1}");
	log_config_free(&c);
}

/* Keys that begin with x- are kept with their values, and their names are known. */
static void keys_may_be_skipped(void **state)
{
	static const char json[] = "{\"x-b\":{\"c\":[1,\"d\"]},\"cpus\":2,\"x-A.9:_\":null}";
	struct log_config c, again;
	struct err e;
	char *text;

	(void)state;
	assert_int_equal(log_config_from_json(&c, json, strlen(json), &e), 0);
	assert_int_equal(c.n_unknown, 2);
	assert_string_equal(c.unknown[0], "x-b");
	assert_string_equal(c.unknown[1], "x-A.9:_");
	text = log_config_to_json(&c);
	assert_non_null(strstr(text, ",\"x-b\":{\"c\":[1,\"d\"]},\"x-A.9:_\":null}"));
	assert_int_equal(log_config_from_json(&again, text, strlen(text), &e), 0);
	assert_int_equal(again.n_unknown, 2);
	free(text);
	log_config_free(&again);
	log_config_free(&c);
}

/* Wrong configurations, and what is said of them. */
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
	{ "{\"cpus\":4,\"guest_base\":-1}", "guest_base: expected" },
	{ "{\"cpus\":4,\"guest_span\":true}", "guest_span: expected" },
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
	{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",0,0,1,1,1]]}", "init: row 0: expected [" },
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
	{ "{\"cpus\":4,\"extra\":{\"regions\":7}}", "extra: regions: expected an array" },
	{ "{\"cpus\":4,\"extra\":{\"smmu_conf\":7}}", "extra: smmu_conf: expected an object" },
	{ "{\"cpus\":4,\"x-\\n\":1}", "unknown key \"x-" },
	{ "{\"cpus\":4,\"X-a\":1}", "unknown key \"X-a\"" },
	{ "{\"cpus\":1,\"regions\":{}}", "regions: expected an array of at most 32" },
	{ REGIONS("[0,4096,0]"), "regions: 0: expected [base, size, index, flag]" },
	{ REGIONS("[0,4096,0,0,0]"), "regions: 0: expected [" },
	{ REGIONS("[0,4096,0,0],[4096,-1,0,0]"), "regions: 1: expected [" },
	{ REGIONS("[1,4096,0,0]"), "regions: 0: base and size are not whole pages" },
	{ REGIONS("[0,1,0,0]"), "regions: 0: base and size are not whole pages" },
	{ REGIONS("[281474976706560,4096,0,0]"), "regions: 0: it ends beyond 2^48" },
	{ REGIONS("[4096,\"0xfffffffffffff000\",0,0]"), "regions: 0: it ends beyond 2^48" },
	{ REGIONS("[\"0xfffffffffffff000\",8192,0,0]"), "regions: 0: it ends beyond 2^48" },
	{ REGIONS("[0,8192,16777215,0]"), "regions: 0: it has page records beyond the last" },
	{ REGIONS("[0,4096,\"0xfffffffffffffffe\",0]"), "it has page records beyond" },
	{ REGIONS("[0,8192,0,0],[4096,4096,2,0]"), "regions: 1: it overlaps one before it" },
	{ REGIONS("[8192,4096,0,0],[0,12288,1,0]"), "regions: 1: it overlaps one before it" },
	{ REGIONS("[0,8192,5,0],[8192,4096,6,0]"), "regions: 1: its page records are those of" },
	{ SMMUS("3", "[]", "[]", "[]", "[]", "[]", ""),
	  "smmu_conf: expected an object with smmu_num 0..2" },
	{ "{\"cpus\":1,\"smmu_conf\":{}}", "smmu_conf: expected an object with smmu_num" },
	{ "{\"cpus\":1,\"smmu_conf\":{\"smmu_num\":1}}",
	  "smmu_conf: smmu_phys_base: expected 1 numbers" },
	{ SMMUS("2", "[0]", "[1,1]", "[0,0]", "[12,12]", "[8,8]", ""),
	  "smmu_phys_base: expected 2 numbers" },
	{ SMMUS("2", "[0,9]", "[1,1]", "[0,0]", "[12,64]", "[8,8]", ""),
	  "smmu_pgshift: expected numbers up to 63" },
	{ SMMUS("2", "[0,9]", "[1,1]", "[0,0]", "[12,12]", "[8,9]", ""),
	  "smmu_dev_context_banks: expected numbers up to 8" },
	{ SMMUS("2", "[0,281474976710655]", "[1,1]", "[0,0]", "[12,12]", "[8,8]", ""),
	  "smmu_conf: SMMU 1 ends beyond 2^48" },
	{ SMMUS("2", "[0,9]", "[10,1]", "[0,0]", "[12,12]", "[8,8]", ""),
	  "smmu_conf: SMMUs 0 and 1 overlap" },
	{ SMMUS("2", "[0,9]", "[1,1]", "[0,0]", "[12,12]", "[8,8]", ",\"smmu_colour\":[1,2]"),
	  "smmu_conf: unknown key \"smmu_colour\"" },
	{ "{\"cpus\":4,\"errata\":[]}", "errata: expected an object" },
	{ "{\"cpus\":4,\"errata\":{\"ticket-log\":true}}", "found \"ticket-log\"" },
	{ "{\"cpus\":4,\"errata\":{\"ticket-log\":\"both\"}}", "found \"ticket-log\"" },
	{ "{\"cpus\":4,\"errata\":{\"no-such\":\"published\"}}", "found \"no-such\"" },
	{ "{\"cpus\":4,\"errata\":{\"all\":\"published\"}}", "found \"all\"" },
};

/* Every wrong configuration is refused, and the message names the key. */
static void wrong_configurations_are_refused(void **state)
{
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
		cmocka_unit_test(memory_is_typed),
		cmocka_unit_test(keys_may_be_skipped),
		cmocka_unit_test(config_round_trips),
		cmocka_unit_test(missing_keys_have_defaults),
		cmocka_unit_test(wrong_configurations_are_refused),
		cmocka_unit_test(rows_rise_by_their_step),
		cmocka_unit_test(replay_begins_with_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
