// SPDX-License-Identifier: GPL-2.0-only
/* The marks around the hypervisor's atomic operations. */
#include "cpu/op.h"

#include "sim/log/mark_arg.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_events.h"
#include "tests/kit_machine.h"

#include <stdio.h>
#include <string.h>

static struct test_machine t;

/* The marks of the log's operations: "op 2 7; sevent 2". */
static const char *marks(void)
{
	return kit_marks(t.log, 0, KIT_MARK(MARK_OP) | KIT_MARK(MARK_SEVENT));
}

static const char *marks_of(void (*fn)(struct cpu *c, void *arg), enum outcome want)
{
	struct err e;

	test_machine_make(&t, 1, 0, WAIT_YIELD, true);
	machine_begin_episode(t.m);
	assert_int_equal(cpu_call(&t.m->cpu[0], fn, NULL), want);
	assert_int_equal(log_close(t.log, false, &e), 0);
	return marks();
}

static const char *say(const char *format, ...)
{
	static char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return text;
}

static void nested(struct cpu *c, void *arg)
{
	(void)arg;
	OP_BEGIN(c, verify_and_load_images, 3);
	OP_BEGIN(c, walk_s2pt, 16, 4096);
	assert_true(OP_GIVE(c, walk_s2pt, INVALID64) == INVALID64);
	OP_END(c, verify_and_load_images);
	OP_BEGIN(c, gen_vmid);
	assert_int_equal(OP_GIVE(c, gen_vmid, 0u), 0);
}

/* Operations stand in each other as they were called, with arguments and results; one may have none, or give 0. */
static void in_each_other(void **state)
{
	(void)state;
	assert_string_equal(marks_of(nested, OUT_OK),
	                    say("op %u 3; op %u 16 4096; sevent %u 0 18446744073709551615; "
	                        "sevent %u; op %u; sevent %u",
	                        OP_verify_and_load_images, OP_walk_s2pt, OP_walk_s2pt,
	                        OP_verify_and_load_images, OP_gen_vmid, OP_gen_vmid));
	test_machine_free(&t);
}

static void halted(struct cpu *c, void *arg)
{
	(void)arg;
	OP_BEGIN(c, verify_and_load_images, 3);
	OP_BEGIN(c, search_load_info, 1, 2);
	panic_called(c);
	assert_int_equal(OP_GIVE(c, search_load_info, 3), 3);
	OP_BEGIN(c, map_pfn_vm, 1, 2, 3, 4);
	OP_END(c, map_pfn_vm);
	OP_END(c, verify_and_load_images);
}

/* The operation that halts the machine ends with its event, which says so and gives 0; what is called behind it has no marks. */
static void behind_a_panic(void **state)
{
	(void)state;
	assert_string_equal(marks_of(halted, OUT_PANIC),
	                    say("op %u 3; op %u 1 2; sevent %u 1; sevent %u 1",
	                        OP_verify_and_load_images, OP_search_load_info, OP_search_load_info,
	                        OP_verify_and_load_images));
	test_machine_free(&t);
}

static void leaves(struct cpu *c, void *arg)
{
	(void)arg;
	OP_BEGIN(c, gen_vmid);
	stuck(c, STUCK_RANGE, "test", 0, 0, 0);
}

static void ends(struct cpu *c, void *arg)
{
	(void)arg;
	(void)OP_GIVE(c, gen_vmid, 1);
}

/* What a jump left open is not closed by the next call. */
static void left_open(void **state)
{
	struct cpu *c;
	struct err e;

	(void)state;
	test_machine_make(&t, 1, 0, WAIT_YIELD, true);
	machine_begin_episode(t.m);
	c = &t.m->cpu[0];
	assert_int_equal(cpu_call(c, leaves, NULL), OUT_STUCK);
	assert_int_equal(cpu_call(c, ends, NULL), OUT_OK);
	assert_int_equal(log_close(t.log, false, &e), 0);
	assert_string_equal(marks(), say("op %u", OP_gen_vmid));
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_each_other),
		cmocka_unit_test(behind_a_panic),
		cmocka_unit_test(left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
