// SPDX-License-Identifier: GPL-2.0-only
/* Why a machine halts: reasons and values in the report and in the log, and the reasons that no script can trip. */
#include "cpu/cpu.h"
#include "cpu/op.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_events.h"
#include "tests/kit_hyp.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct test_machine t;

KIT_VOID(verify_and_load_images, (u32)k[0])
KIT_VALUE(set_boot_info, (u32)k[0], k[1], k[2])
KIT_VOID(el2_alloc_smmu_pgd, (u32)k[0], (u32)k[1], (u32)k[2])

static void expect_report(enum panic_reason reason, u32 n, const u64 *values)
{
	const struct panic_report *p = &t.m->cpu[0].panic;

	assert_int_equal(p->reason, reason);
	assert_int_equal(p->n, n);
	assert_memory_equal(p->values, values, n * sizeof(u64));
	assert_true(p->first);
}

#define REPORT(reason, ...) expect_report(reason, KIT_COUNT(__VA_ARGS__), KIT_LIST(__VA_ARGS__))

static u64 do_halt(struct cpu *c, const u64 *k)
{
	panic_because(c, (enum panic_reason)k[0], panic_n_values(k[0]), k + 1);
	return 0;
}

/* Each reason, with values that differ, is in the report and in the log as it was said. */
static void every_reason(void **state)
{
	(void)state;
	for (u32 r = PANIC_NONE + 1; r < PANIC_NR; r++) {
		const u64 big = 0xffffffff00000000;

		test_machine_boot(&t, 1, NULL);
		assert_in_range(panic_n_values(r), 0, PANIC_MAX_VALUES);
		PANICS(halt, r, 100 + r, big + r, 0, 7);
		expect_report((enum panic_reason)r, panic_n_values(r),
		              KIT_LIST(100 + r, big + r, 0, 7));
		test_machine_free(&t);
	}
}

static u32 bad_image(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)p;
	(void)cpu;
	(void)vmid;
	(void)addr;
	return 0;
}

/* What a machine that a script boots cannot come to: an image that does not verify, an SMMU with fewer banks than eight. */
static void not_in_scripts(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	t.m->model.verify_img = bad_image;
	kit_set_state(&t, 3, READY);
	assert_int_equal(OK(set_boot_info, 3, 0x80000000, 4096), 0);
	PANICS(verify_and_load_images, 3);
	REPORT(PANIC_IMAGE_INVALID, 3, 0, REMAP_START);
	test_machine_free(&t);

	test_machine_boot(&t, 1, NULL);
	t.m->shared.fixed.smmu.smmu_dev_context_banks[1] = 5;
	OK(el2_alloc_smmu_pgd, 4, 3, 1);
	PANICS(el2_alloc_smmu_pgd, 5, 3, 1);
	REPORT(PANIC_NO_SUCH_BANK, 5, 1, 5);
	test_machine_free(&t);
}

static u64 do_thrice(struct cpu *c, const u64 *k)
{
	(void)k;
	OP_BEGIN(c, map_page_host, 4096);
	panic(c, PANIC_PAGE_PRIVATE, 1, 2, 0);
	panic(c, PANIC_VMIDS, 16);
	OP_END(c, map_page_host);
	panic_called(c);
	return 0;
}

/* The marks of CPU @cpu, "op 2 4096; panic 3 1; sevent 2 1". */
static const char *marks(u32 cpu)
{
	return kit_marks(t.log, cpu, KIT_MARKS_ALL);
}

/* The mark stands where the machine was halted; what the CPU calls panic for behind it, with zeros, is no news. */
static void at_its_moment(void **state)
{
	char want[96];

	(void)state;
	test_machine_boot(&t, 1, NULL);
	PANICS(thrice);
	snprintf(want, sizeof(want), "op %u 4096; panic %u 1 2 0; sevent %u 1", OP_map_page_host,
	         PANIC_PAGE_PRIVATE, OP_map_page_host);
	assert_string_equal(marks(0), want);
	REPORT(PANIC_PAGE_PRIVATE, 1, 2, 0);
	test_machine_free(&t);
}

/* Two CPUs that panic before they saw the halt both say why; one of them was the first. */
static void two(void **state)
{
	char want[64];

	(void)state;
	test_machine_boot(&t, 2, NULL);
	PANICS(halt, PANIC_RUN_VMID, 16);
	kit_panics(&t, 1, do_halt, "halt", KIT_LIST(PANIC_VMIDS, 16));
	assert_true(t.m->cpu[0].panic.first);
	assert_false(t.m->cpu[1].panic.first);
	assert_int_equal(t.m->cpu[1].panic.reason, PANIC_VMIDS);
	snprintf(want, sizeof(want), "panic %u 16", PANIC_VMIDS);
	assert_string_equal(marks(1), want);
	test_machine_free(&t);
}

static void names(void **state)
{
	char buf[96];
	size_t len;

	(void)state;
	for (u32 r = PANIC_NONE + 1; r < PANIC_NR; r++) {
		assert_memory_equal(panic_name(r), "PANIC_", 6);
		assert_true(strlen(panic_sentence(r)) > 10);
		for (u32 o = r + 1; o < PANIC_NR; o++)
			assert_string_not_equal(panic_sentence(r), panic_sentence(o));
	}
	assert_string_equal(panic_values(PANIC_PAGE_PRIVATE), "pfn owner count");
	assert_int_equal(panic_n_values(PANIC_PAGE_PRIVATE), 3);
	assert_int_equal(panic_n_values(PANIC_CALLED), 0);
	assert_memory_equal(panic_value_name(PANIC_PAGE_PRIVATE, 1, &len), "owner", 5);
	assert_int_equal(len, 5);
	assert_string_equal(panic_value_name(PANIC_PAGE_PRIVATE, 3, &len), "");
	assert_int_equal(len, 0);
	assert_string_equal(panic_print_values(PANIC_PAGE_PRIVATE, 3, KIT_LIST(512, INVALID, 0),
	                                       buf, sizeof(buf)),
	                    "pfn=0x200, owner=0xffffffff, count=0");
	/* more than it has, of a log that says so; what there is no room for is cut */
	assert_string_equal(panic_print_values(PANIC_VMIDS, 2, KIT_LIST(1, 4096), buf, sizeof(buf)),
	                    "next_vmid=1, 0x1000");
	assert_string_equal(panic_print_values(PANIC_VMIDS, 1, KIT_LIST(1), buf, 5), "next");
	assert_string_equal(panic_print_values(PANIC_NR, 1, KIT_LIST(1), buf, sizeof(buf)), "1");
	assert_string_equal(panic_print_values(PANIC_CALLED, 0, NULL, buf, sizeof(buf)), "");
	assert_string_equal(panic_name(PANIC_NR), "?");
	assert_string_equal(panic_sentence(PANIC_NR), "?");
	assert_string_equal(panic_values(PANIC_NR), "?");
	assert_int_equal(panic_n_values(PANIC_NR), 0);
}

/* A call that says fewer values than the reason has names is a bug. */
static void as_many_as_named(void **state)
{
	int status;
	pid_t child;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)!freopen("/dev/null", "w", stderr);
		panic(&t.m->cpu[0], PANIC_PAGE_PRIVATE, 1, 2);
		_exit(0);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason),  cmocka_unit_test(not_in_scripts),
		cmocka_unit_test(at_its_moment), cmocka_unit_test(two),
		cmocka_unit_test(names),         cmocka_unit_test(as_many_as_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
