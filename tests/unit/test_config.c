// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/config.h"
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
		"\"init\":[[1,\"next_vmid\",0,0,1],"
		"[5,\"pt_vttbr_pool\",65536,65544,\"0x8000000000000000\"]],"
		"\"extra\":{\"locks\":4,\"nested\":{\"a\":[1,2.5,null]}}}";
	struct log_config c;
	struct err e;
	char *again;

	(void)state;
	assert_int_equal(log_config_from_json(&c, text, strlen(text), &e), 0);
	assert_int_equal(c.cpus, 12);
	assert_true(c.seed == UINT64_MAX);
	assert_true(c.machine && c.barriers && c.timestamps && c.digests && !c.keep_reads);
	assert_int_equal(c.n_ops, 2);
	assert_string_equal(c.op_names[1], "clear_vm");
	assert_int_equal(c.n_init, 2);
	assert_int_equal(c.init[1].obj, 5);
	assert_true(c.init[1].d.last == 65544 && c.init[1].d.new == 1ull << 63);
	again = log_config_to_json(&c);
	assert_string_equal(again, text);
	free(again);
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
		{ "{\"cpus\":4,\"init\":[[39,\"next_vmid\",0,0,1]]}", "row 0: expected an object" },
		{ "{\"cpus\":4,\"init\":[[1,\"vm_kvm\",0,0,1]]}", "row 0: expected the name" },
		{ "{\"cpus\":4,\"init\":[[1,\"next_vmid\",1,1,1]]}", "row 0: the first index" },
		{ "{\"cpus\":4,\"init\":[[5,\"pt_vttbr_pool\",65537,65544,1]]}", "the first" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",3,2,1]]}", "row 0: the last index" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",0,16,1]]}", "row 0: the last index" },
		{ "{\"cpus\":4,\"init\":[[4,\"smmu_vmid\",0,1,true]]}", "row 0: expected a value" },
		{ "{\"cpus\":4,\"init\":[[0,\"flatmem\",0,268435455,1]]}", "more than 2^26 cells" },
		{ "{\"cpus\":4,\"extra\":[]}", "extra: expected an object" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_round_trips),
		cmocka_unit_test(missing_keys_have_defaults),
		cmocka_unit_test(wrong_configurations_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
