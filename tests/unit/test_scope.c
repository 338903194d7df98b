// SPDX-License-Identifier: GPL-2.0-only
/* Scopes: what a file says, and that a scope's print is the scope. */
#include "sim/exec/scope.h"

#include "sim/exec/scope_op.h"
#include "tests/kit.h"
#include "tests/kit_scope.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define C "concurrent\n"

static int parse(struct scope **s, const char *text, struct err *e)
{
	struct scope_opts o = { .seed = 7 };

	errata_defaults(&o.errata);
	return scope_parse(s, "f", text, strlen(text), &o, e);
}

static struct scope *read_ok(const char *text)
{
	struct scope *s = NULL;
	struct err e;

	if (parse(&s, text, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

static void read_whole(const char *text)
{
	struct scope *s = read_ok(text);
	char buf[512];
	const char *what = scope_round_trip(s, buf, sizeof(buf));

	if (what)
		fail_msg("%s\nprinted and read again it differs: %s", text, what);
	scope_free(s);
}

static const char whole[] = "# a scope with everything\n"
			    "depend tickets\n"
			    "grain word,cell\n"
			    "checks  only order,lock # of all\n"
			    "errata intended\n"
			    "erratum sp-el1 published\n"
			    "boot 1024\n"
			    "set cell FLATMEM flatmem[0x210] 77\n"
			    "set tlb 1\n"
			    "hvc HVC_REGISTER_KVM\n"
			    "expect ok\n"
			    "cpu 5\n"
			    "feed data 1 10 11\n"
			    "feed core 2 12\n"
			    "run 2  1  # not there\n"
			    "expect panic VCPU_NOT_RUNNABLE\n"
			    "feed data 1 13\n"
			    "dump core\n"
			    "concurrent\n"
			    "cpu 2\n"
			    "fault 0x200123 7\n"
			    "feed data 1 20\n"
			    "cpu 0\n"
			    "feed data 1 30 31\n"
			    "run 1 3 0x90000000 0x40000000 3\n"
			    "expect stuck RANGE\n"
			    "expect stuck\n"
			    "cpu 2\n"
			    "feed data 1 21\n"
			    "trap ESR_ELx_EC_HVC64 HVC_KVM_SET_DESC_PFN 0 5\n"
			    "expect 5\n"
			    "irq\n"
			    "end\n"
			    "get cell S2PAGE s2_owner[0]\n"
			    "expect 3\n"
			    "feed core 1 40\n"
			    "walk_s2pt 0 0x200000\n"
			    "expect 0x200fff\n"
			    "get cell CORE next_vmid[0]\n"
			    "cpu 1\n"
			    "panic\n"
			    "expect panic CALLED\n"
			    "dump cpu\n"
			    "expect verdict HOST_ISO,deadlock\n"
			    "expect classes 560\n";

static void has_feed(const struct scope *s, u32 i, const struct scope_feed *want)
{
	const struct scope_feed *f = &s->feed[i];

	assert_int_equal(f->core, want->core);
	assert_int_equal(f->part, want->part);
	assert_int_equal(f->cpu, want->cpu);
	assert_int_equal(f->call, want->call);
	assert_int_equal(f->vmid, want->vmid);
	assert_int_equal(f->n, want->n);
	assert_int_equal(f->value, want->value);
}

/* The machine, the parts, who calls what, and what is fed to whom stand in the scope as they stand in the file. */
static void parts(void **state)
{
	static const struct scope_feed feeds[] = {
		{ false, SCOPE_BEFORE, SCOPE_ANY_CPU, 1, 1, 0, 10 },
		{ false, SCOPE_BEFORE, SCOPE_ANY_CPU, 1, 1, 1, 11 },
		{ true, SCOPE_BEFORE, SCOPE_ANY_CPU, 1, 2, 0, 12 },
		{ false, SCOPE_BEFORE, SCOPE_ANY_CPU, 2, 1, 2, 13 },
		{ false, SCOPE_CONCURRENT, 0, 0, 1, 0, 30 },
		{ false, SCOPE_CONCURRENT, 0, 0, 1, 1, 31 },
		{ false, SCOPE_CONCURRENT, 2, 1, 1, 0, 20 },
		{ false, SCOPE_CONCURRENT, 2, 1, 1, 1, 21 },
		{ true, SCOPE_BEHIND, SCOPE_ANY_CPU, 0, 1, 0, 40 },
	};
	struct scope *s = read_ok(whole);
	struct errata errata;

	(void)state;
	errata_all_intended(&errata);
	errata_set(&errata, ERRATUM_SP_EL1, true);
	assert_memory_equal(&s->errata, &errata, sizeof(errata));
	assert_string_equal(s->name, "f");
	assert_int_equal(s->cpus, 6);
	assert_int_equal(s->seed, 7);
	assert_int_equal(s->pages, 1024);
	assert_int_equal(s->depend, DEPEND_TICKETS);
	assert_string_equal(s->checks.text, "only order,lock");
	assert_int_equal(s->checks.line, 4);
	assert_int_equal(s->checks.column, 14);
	assert_string_equal(s->verdict, "HOST_ISO,deadlock");
	assert_int_equal(s->grain, GRAIN_BOTH);
	assert_true(s->tlb);
	assert_int_equal(s->verdict_line, 44);
	assert_true(s->has_classes);
	assert_int_equal(s->classes, 560);
	assert_int_equal(s->classes_line, 45);
	assert_int_equal(s->before.n, 2);
	assert_int_equal(s->before.v[0].cpu, 0);
	assert_int_equal(s->before.v[1].cpu, 5);
	assert_int_equal(s->program[0].n, 1);
	assert_int_equal(s->program[1].n, 0);
	assert_int_equal(s->program[2].n, 3);
	assert_int_equal(s->after.n, 2);
	assert_int_equal(s->after.v[0].cpu, 0);
	assert_int_equal(s->after.v[1].cpu, 1);
	assert_int_equal(s->n_cells, 1);
	assert_int_equal(s->cell[0].obj, FLATMEM_ID);
	assert_int_equal(s->cell[0].index, 0x210);
	assert_int_equal(s->cell[0].value, 77);
	assert_int_equal(s->n_looks, 2);
	assert_int_equal(s->look[0].call, 0);
	assert_int_equal(s->look[0].n_expects, 1);
	assert_int_equal(s->look[0].expect[0].value, 3);
	assert_int_equal(s->look[1].call, 1);
	assert_int_equal(s->look[1].n_expects, 0);
	assert_int_equal(s->n_feeds, ARRAY_SIZE(feeds));
	for (u32 i = 0; i < ARRAY_SIZE(feeds); i++)
		has_feed(s, i, &feeds[i]);
	scope_free(s);
	read_whole(whole);
}

/* An entry of the core is its registers, and the values that the core takes for a run; a primitive is its arguments. */
static void calls(void **state)
{
	struct scope *s = read_ok(whole);
	const struct scope_call *fault = &s->program[2].v[0], *trap = &s->program[2].v[1],
				*irq = &s->program[2].v[2], *run = &s->program[0].v[0],
				*walk = &s->after.v[0], *hvc = &s->before.v[0];

	(void)state;
	assert_string_equal(fault->prim->name, "host_npt_handler");
	assert_string_equal(fault->text, "fault 0x200123 7");
	assert_int_equal(fault->line, 21);
	assert_int_equal(fault->n_regs, 3);
	assert_int_equal(fault->reg[0], R_hpfar_el2);
	assert_int_equal(fault->value[0], 0x200 * 16);
	assert_int_equal(fault->reg[1], R_far_el2);
	assert_int_equal(fault->value[1], 0x200123);
	assert_int_equal(fault->reg[2], R_esr_el2);
	assert_int_equal(fault->value[2], 7);
	assert_int_equal(fault->n_core, 0);
	assert_string_equal(trap->prim->name, "vm_exit_handler");
	assert_int_equal(trap->n_regs, 5);
	assert_int_equal(trap->reg[0], R_ec);
	assert_int_equal(trap->value[0], ARM_EXCEPTION_TRAP);
	assert_int_equal(trap->reg[4], R_x2);
	assert_int_equal(trap->value[4], 5);
	assert_int_equal(irq->n_regs, 1);
	assert_int_equal(irq->value[0], ARM_EXCEPTION_INTERRUPT);
	assert_string_equal(run->prim->name, "host_vcpu_run_handler");
	assert_int_equal(run->n_regs, 1);
	assert_int_equal(run->reg[0], R_x0);
	assert_int_equal(run->value[0], 1);
	assert_int_equal(run->n_core, 4);
	assert_int_equal(run->core_vmid, 1);
	assert_int_equal(run->core[0], 3);
	assert_int_equal(run->core[3], 3);
	assert_int_equal(run->n_expects, 2);
	assert_int_equal(run->expect[0].rule, STUCK_RANGE);
	assert_int_equal(run->expect[0].line, 26);
	assert_string_equal(run->expect[0].text, "stuck STUCK_RANGE");
	assert_int_equal(run->expect[1].rule, STUCK_NONE);
	assert_string_equal(walk->prim->name, "walk_s2pt");
	assert_int_equal(walk->n_regs, 0);
	assert_int_equal(walk->args[1], 0x200000);
	assert_int_equal(hvc->n_regs, 6);
	assert_int_equal(hvc->value[0], HVC_REGISTER_KVM);
	/* A comment and blanks are not part of it. */
	assert_string_equal(s->before.v[1].text, "run 2 1");
	assert_int_equal(s->before.v[1].expect[0].reason, PANIC_VCPU_NOT_RUNNABLE);
	scope_free(s);
}

/* A run of what is no VM's number has no oracle; who asks for more CPUs gets them; a CPU that makes no call is there. */
static void small(void **state)
{
	struct scope_opts o = { .cpus = 9 };
	struct scope *s = read_ok(C "cpu 0\nrun 99 1\nend\n");
	struct err e;
	char buf[512];

	(void)state;
	assert_int_equal(s->cpus, 1);
	assert_int_equal(s->program[0].v[0].n_core, 0);
	assert_int_equal(s->depend, DEPEND_DEFAULT);
	assert_string_equal(s->checks.text, "");
	assert_string_equal(s->verdict, "");
	assert_false(s->has_classes);
	scope_free(s);
	errata_defaults(&o.errata);
	assert_int_equal(scope_parse(&s, "f", C "end", strlen(C "end"), &o, &e), 0);
	assert_int_equal(s->cpus, 9);
	assert_null(scope_round_trip(s, buf, sizeof(buf)));
	scope_free(s);
	s = read_ok("cpu 3\n" C "end\n");
	assert_int_equal(s->cpus, 4);
	scope_free(s);
	read_whole("cpu 3\n" C "cpu 5\nfeed data 1 2\nend\ncpu 4\ncheck 1\n");
	read_whole(C "end\nget cell CORE next_vmid[0]\nexpect 0\ncheck 1\n"
	             "get cell CORE next_vmid[0]\n");
	read_whole("checks skip fifo\n" C "end\n");
	read_whole("grain lock\ndepend cells\n" C
	           "cpu 1\ncheck 1\ncpu 0\ncheck 2\ncpu 1\ncheck 3\nend\n");
}

/* An expectation holds of what it says, and of nothing else. */
static void holds(void **state)
{
	const struct scope_outcome ok = { .outcome = OUT_OK },
				   five = { .outcome = OUT_OK, .gives = true, .value = 5 },
				   range = { .outcome = OUT_STUCK, .rule = STUCK_RANGE },
				   page = { .outcome = OUT_PANIC,
		                            .panic = { .reason = PANIC_PAGE_PRIVATE,
		                                       .n = 3,
		                                       .values = { 512, 1, 0 } } };
	static const struct {
		const char *line;
		bool ok, five, range, page;
	} rows[] = {
		{ "ok", true, true, false, false },
		{ "5", false, true, false, false },
		{ "6", false, false, false, false },
		{ "0", false, false, false, false },
		{ "stuck", false, false, true, false },
		{ "stuck RANGE", false, false, true, false },
		{ "stuck BARRIER", false, false, false, false },
		{ "panic", false, false, false, true },
		{ "panic PAGE_PRIVATE", false, false, false, true },
		{ "panic PAGE_PRIVATE 512 1 0", false, false, false, true },
		{ "panic PAGE_PRIVATE 512 1 1", false, false, false, false },
		{ "panic VMIDS", false, false, false, false },
	};
	char buf[128];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct scope_expect *x;
		struct scope *s;

		snprintf(buf, sizeof(buf), C "cpu 0\ncheck 1\nexpect %s\nend\n", rows[i].line);
		s = read_ok(buf);
		x = &s->program[0].v[0].expect[0];
		assert_int_equal(scope_expect_holds(x, &ok), rows[i].ok);
		assert_int_equal(scope_expect_holds(x, &five), rows[i].five);
		assert_int_equal(scope_expect_holds(x, &range), rows[i].range);
		assert_int_equal(scope_expect_holds(x, &page), rows[i].page);
		scope_free(s);
	}
	assert_string_equal(scope_outcome_print(&ok, buf, sizeof(buf)), "ok");
	assert_string_equal(scope_outcome_print(&five, buf, sizeof(buf)), "5");
	assert_string_equal(scope_outcome_print(&range, buf, sizeof(buf)), "stuck STUCK_RANGE");
	assert_string_equal(scope_outcome_print(&page, buf, sizeof(buf)),
	                    "panic PANIC_PAGE_PRIVATE 512 1 0");
}

/* A scope is read from a file; a file that is not there and a folder are told apart from one that is wrong. */
static void files(void **state)
{
	char path[] = "/tmp/scope.XXXXXX";
	int fd = mkstemp(path);
	struct scope_opts o = { .seed = 1 };
	struct scope *s;
	struct err e;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, whole, strlen(whole)), strlen(whole));
	close(fd);
	errata_defaults(&o.errata);
	assert_int_equal(scope_read(&s, path, &o, &e), 0);
	assert_string_equal(s->name, path);
	assert_int_equal(s->classes, 560);
	scope_free(s);
	unlink(path);
	assert_int_equal(scope_read(&s, path, &o, &e), -ERR_OPEN);
	assert_int_equal(scope_read(&s, "/tmp", &o, &e), -ERR_NOT_FILE);
	scope_free(NULL);
}

/* Operations of scopes have names of their own, and no argument that a file could not say. */
static void operations(void **state)
{
	(void)state;
	for (u32 i = 0; i < n_scope_ops; i++) {
		assert_null(prim_by_name(scope_ops[i].name));
		assert_ptr_equal(scope_callable(scope_ops[i].name), &scope_ops[i]);
		for (u32 k = 0; k < scope_ops[i].n_args; k++)
			assert_int_not_equal(scope_ops[i].arg[k], PRIM_ARG_event);
	}
	assert_ptr_equal(scope_callable("check"), prim_by_name("check"));
	assert_null(scope_callable("no_such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts), cmocka_unit_test(calls), cmocka_unit_test(small),
		cmocka_unit_test(holds), cmocka_unit_test(files), cmocka_unit_test(operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
