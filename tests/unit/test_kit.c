// SPDX-License-Identifier: GPL-2.0-only
/* What the hypervisor's scenarios share: who takes part, and what a run that was not as expected says. */
#include "scenarios/kit.h"

#include "scenarios/kit_args.h"
#include "scenarios/kit_forms.h"
#include "scenarios/scenarios.h"
#include "sim/machine/run.h"
#include "tests/kit.h"

#include <string.h>

enum { CPUS = 3, OPS = 400 };

/* A run of a scenario on a machine of its own. */
static struct {
	const struct scenario *s;
	u64 values[SCENARIO_MAX_OPTIONS];
	struct errata errata;
	struct workload w;
	struct kit *kit;
	struct log_config config;
	struct params model;
	struct log *log;
	struct machine *m;
	struct run_result result;
	struct run_differs differs;
} t;

static bool is_dose(const char *key)
{
	return strcmp(key, "image") == 0 || strcmp(key, "core") == 0;
}

static void begin(const char *name, u64 percent)
{
	struct scenario_setup setup = { .cpus = CPUS, .values = t.values, .errata = &t.errata };
	struct machine_params p;
	struct err e;

	memset(&t, 0, sizeof(t));
	t.s = setup.scenario = scenario_by_name(name);
	assert_non_null(t.s);
	errata_defaults(&t.errata);
	scenario_option_defaults(t.s, t.values);
	for (u32 i = 0; t.s->options[i].key; i++) {
		if (strcmp(t.s->options[i].key, "illegal") == 0)
			t.values[i] = percent;
		if (strcmp(t.s->options[i].key, "panics") == 0 || is_dose(t.s->options[i].key))
			t.values[i] = 0;
	}
	log_config_init(&t.config, CPUS);
	setup.total_cpu = t.config.total_cpu;
	assert_int_equal(t.s->begin(&t.w, &setup, &e), 0);
	t.kit = t.w.arg;
	machine_boot_config(&t.config, t.w.fixed, &t.errata);
	params_init(&t.model, 1, t.config.total_cpu);
	t.w.params(t.w.arg, &t.model);
	assert_int_equal(log_open_off(&t.log, &t.config, &e), 0);
	p = (struct machine_params){ .cpus = CPUS,
		                     .seed = 1,
		                     .policy = { .kind = WAIT_PARK, .cores = 2 },
		                     .errata = t.errata,
		                     .model = &t.model,
		                     .fixed = t.w.fixed };
	assert_int_equal(machine_create(&t.m, &p, t.log, &e), 0);
}

static void run(void)
{
	struct run_opts o = { .ops = OPS, .stall_ms = 60000 };
	struct err e;

	assert_int_equal(machine_run(t.m, &t.w, &o, &t.result, &e), 0);
	assert_int_equal(t.result.end, RUN_DONE);
}

static void end(void)
{
	t.s->end(&t.w);
	machine_free(t.m);
	log_free(t.log);
	log_config_free(&t.config);
}

static bool verify(void)
{
	return t.s->verify(&t.w, t.m, &t.differs);
}

static void set_cell(lk_t lk, u32 field, u64 index, u64 value)
{
	obj_set(&t.m->shared.obj[lk], field, index, value);
}

/*
 * Every operation takes part in the storm, under a name of its own, but for those that use up the machine, and clash's; each illegal
 * form is refused or halts.
 */
static void tables(void **state)
{
	(void)state;
	begin("storm", 0);
	for (u32 i = 0; kit_tables[i]; i++) {
		for (const struct kit_op *o = kit_tables[i]; o->name; o++) {
			u32 n = 0, want = strcmp(o->weight, "pool") && strcmp(o->weight, "clash");

			for (u32 k = 0; k < t.kit->n_ops; k++)
				n += t.kit->op[k] == o;
			for (u32 k = 0; k < t.kit->n_ops && want; k++)
				n += strcmp(t.kit->names[k], o->name) == 0 && t.kit->op[k] != o;
			if (n != want)
				fail_msg("%s: %u operations of that name in storm", o->name, n);
			assert_true(o->share > 0);
			assert_true(o->execute || o->hvc);
			for (const struct kit_bad *b = o->bad; b && b->name; b++)
				assert_true(b->expected == KIT_REFUSED ||
				            b->expected == KIT_PANICKED);
		}
	}
	end();
}

/* What a scenario has no option for takes no part; guests only where vCPUs run. */
static void part_of(void **state)
{
	(void)state;
	begin("host-fault-storm", 0);
	for (u32 i = 0; i < t.kit->n_ops; i++) {
		assert_int_equal(t.kit->op[i]->mode, KIT_HOST);
		assert_string_not_equal(t.kit->names[i], "vcpu_run");
	}
	assert_null(t.w.op_names[t.kit->n_ops]);
	assert_true(t.kit->op[t.kit->idle[KIT_HOST]]->idle);
	end();
}

/* Rows of operations, without those of their dosed forms; how many are left. */
static u32 plain_rows(struct scenario_row *rows, u32 n)
{
	u32 kept = 0;

	for (u32 i = 0; i < n; i++)
		if (!strchr(rows[i].name, '/'))
			rows[kept++] = rows[i];
	return kept;
}

/* A run without illegal operations refuses next to nothing, and the machine holds what the picture says. */
static void legal(void **state)
{
	struct scenario_row rows[SCENARIO_MAX_OPS];
	u64 did = 0;
	u32 n;

	(void)state;
	begin("storm", 0);
	run();
	if (!verify())
		fail_msg("%s", t.differs.text);
	n = t.s->report(&t.w, rows);
	n = plain_rows(rows, n);
	assert_int_equal(n, t.kit->n_ops);
	for (u32 i = 0; i < n; i++) {
		assert_string_equal(rows[i].name, t.kit->names[i]);
		assert_int_equal(rows[i].panicked, 0);
		if (t.kit->op[i]->sure)
			assert_int_equal(rows[i].refused, 0);
		did += rows[i].did;
	}
	assert_true(did > CPUS * OPS / 2);
	end();
}

/* Where the dose is all, every such operation takes its dosed form, and halts the machine, as is expected. */
static void dosed(void **state)
{
	static const char *const of[] = { "verify_vm_image", "host_fault" };
	static const char *const in[] = { "vm-boot", "host-fault-storm" };
	struct scenario_row rows[SCENARIO_MAX_OPS];

	(void)state;
	for (u32 n = 0; n < ARRAY_SIZE(of); n++) {
		u32 at = 0;

		begin(in[n], 0);
		for (u32 i = 0; i < t.kit->n_ops; i++)
			t.kit->dose[i] = strcmp(t.kit->names[i], of[n]) == 0 ? 100000 : 0;
		run();
		if (!verify())
			fail_msg("%s", t.differs.text);
		assert_true(t.s->report(&t.w, rows) > 0);
		while (strcmp(rows[at].name, of[n]) != 0)
			at++;
		assert_int_equal(rows[at].did + rows[at].refused, 0);
		assert_true(rows[at].panicked > 0);
		assert_int_equal(rows[at].panicked, rows[at + 1].panicked);
		end();
	}
}

/* With as many illegal ones as can be had none has an effect, and that is as expected. */
static void illegal(void **state)
{
	(void)state;
	begin("host-fault-storm", 100);
	run();
	if (!verify())
		fail_msg("%s", t.differs.text);
	end();
}

/* A run in which most legal operations had no effect is not as expected. */
static void mostly_refused(void **state)
{
	(void)state;
	begin("storm", 0);
	t.kit->cpu[0].legal[KIT_DID] = 10;
	t.kit->cpu[1].legal[KIT_REFUSED] = 10;
	assert_true(verify());
	t.kit->cpu[2].legal[KIT_REFUSED] = 1;
	assert_false(verify());
	assert_string_equal(t.differs.text, "of 21 legal operations only 10 had an effect");
	end();
}

/* The first surprise is told, with the operation and what was illegal of it. */
static void surprises(void **state)
{
	static const struct kit_bad bad = { "too early", KIT_REFUSED, NULL };
	struct operation op = { .n_args = 2, .args = { 7, 9 } };
	struct kit_cpu *k;

	(void)state;
	begin("storm", 0);
	k = &t.kit->cpu[1];
	k->op = t.kit->op[0];
	kit_surprise(k, &op, "and was refused");
	assert_false(verify());
	assert_string_equal(t.differs.text,
	                    "cpu 1, episode 0: host_fault(pa=0x7, 0x9) was legal and was refused");
	k->bad = &bad;
	kit_surprise(k, &op, "and had an effect");
	assert_false(verify());
	assert_string_equal(t.differs.text,
	                    "cpu 1, episode 0: host_fault(pa=0x7, 0x9) was legal and was refused");
	k->surprises = 0;
	kit_surprise(k, &op, "and had an effect");
	assert_false(verify());
	assert_string_equal(
		t.differs.text,
		"cpu 1, episode 0: host_fault(pa=0x7, 0x9) (illegal: too early) and had an effect");
	/* a call that was stuck is none of the answers */
	k->bad = NULL;
	k->surprises = 0;
	t.w.ended(t.w.arg, &t.m->cpu[1], &op, OUT_STUCK);
	assert_false(verify());
	assert_string_equal(t.differs.text,
	                    "cpu 1, episode 0: host_fault(pa=0x7, 0x9) was legal and was stuck");
	end();
}

static bool about(const char *operation, const struct operation *op, u64 vmid, u64 vcpuid,
                  const struct run_about *want, u32 n)
{
	struct run_about have[RUN_ABOUT_MAX];

	if (kit_about(operation, op, vmid, vcpuid, have) != n)
		return false;
	for (u32 i = 0; i < n; i++)
		if (have[i].what != want[i].what || have[i].number != want[i].number)
			return false;
	return true;
}

/* What operations are about, by the names of their arguments, of which each has some. */
static void about_what(void **state)
{
	const struct operation run = { .n_args = 5, .args = { 3, 1, 0x80000000, 0x210000, 3 } };
	const struct operation nothing = { .n_args = 5, .args = { 3, 1, 0, 0, 0 } };
	const struct operation no_vm = { .n_args = 5, .args = { INVALID64, 1, 0, 0, 0 } };
	const struct operation device = { .n_args = 4, .args = { 0x200, 5, 2, 1 } };
	const struct operation buf = { .n_args = 3, .args = { 2, 0x5000, 0x6000 } };
	const struct run_about of_run[] = { { RUN_ABOUT_VM, 3 },
		                            { RUN_ABOUT_VCPU, 1 },
		                            { RUN_ABOUT_FRAME, 0x210 } };
	const struct run_about of_device[] = { { RUN_ABOUT_VM, 4 },
		                               { RUN_ABOUT_VCPU, 0 },
		                               { RUN_ABOUT_BANK, SMMU_NUM_CTXT_BANKS + 2 } };
	const struct run_about of_buf[] = { { RUN_ABOUT_VM, 2 },
		                            { RUN_ABOUT_FRAME, 5 },
		                            { RUN_ABOUT_FRAME, 6 } };

	(void)state;
	for (u32 i = 0; kit_tables[i]; i++)
		for (const struct kit_op *o = kit_tables[i]; o->name; o++)
			assert_non_null(kit_args(o->name));
	assert_null(kit_args("nothing"));
	assert_true(about("vcpu_run", &run, INVALID64, INVALID64, of_run, 3));
	assert_true(about("vcpu_run", &nothing, INVALID64, INVALID64, of_run, 2));
	assert_true(about("vcpu_run", &no_vm, INVALID64, INVALID64, of_run, 0));
	assert_true(about("device_load", &device, 4, 0, of_device, 3));
	assert_true(about("encrypt_buf", &buf, INVALID64, INVALID64, of_buf, 3));
}

/* What differs is about these, in their order. */
static void assert_about(u32 n, const struct run_about *want)
{
	assert_int_equal(t.differs.n_about, n);
	for (u32 i = 0; i < n; i++) {
		assert_int_equal(t.differs.about[i].what, want[i].what);
		assert_int_equal(t.differs.about[i].number, want[i].number);
	}
}

/* Pages, VMs and vCPUs that are not as the picture has them; not on a machine that has halted. */
static void other_state(void **state)
{
	vmid_t v = 1;

	(void)state;
	begin("vcpu-migrate", 0);
	run();
	assert_true(verify());
	set_cell(S2PAGE_ID, F_S2PAGE_s2_owner, 2 * PMD_PAGE_NUM, 9);
	assert_false(verify());
	assert_non_null(strstr(t.differs.text, "page 0x400 (frame 0x600) has owner 9"));
	assert_about(1, (struct run_about[]){ { RUN_ABOUT_FRAME, 0x600 } });
	flag_set(&t.m->halt);
	assert_true(verify());
	flag_clear(&t.m->halt);
	set_cell(S2PAGE_ID, F_S2PAGE_s2_owner, 2 * PMD_PAGE_NUM,
	         board_page(&t.kit->board, 2 * PMD_PAGE_NUM).vmid);
	assert_true(verify());
	set_cell(S2PAGE_ID, F_S2PAGE_s2_count, 0, 3);
	assert_false(verify());
	assert_non_null(strstr(t.differs.text, "count 3"));
	set_cell(S2PAGE_ID, F_S2PAGE_s2_count, 0, 0);
	while (board_vm(&t.kit->board, v) != VM_RUNS)
		assert_true(++v <= MAX_VM_NUM);
	set_cell(INFO_ID + v, F_INFO_vm_vcpu_state, 0, 7);
	assert_false(verify());
	assert_non_null(strstr(t.differs.text, "vCPU 0 of VM"));
	assert_about(2, (struct run_about[]){ { RUN_ABOUT_VM, v }, { RUN_ABOUT_VCPU, 0 } });
	set_cell(INFO_ID + v, F_INFO_vm_state, 0, READY);
	assert_false(verify());
	assert_non_null(strstr(t.differs.text, "has state 2, and should have 3"));
	assert_about(1, (struct run_about[]){ { RUN_ABOUT_VM, v } });
	end();
}

/* The operation of that name. */
static const struct kit_op *op_named(const char *name)
{
	for (u32 i = 0; i < t.kit->n_ops; i++)
		if (strcmp(t.kit->names[i], name) == 0)
			return t.kit->op[i];
	fail_msg("there is no operation %s", name);
	return NULL;
}

/* A VM that a vCPU is about to power off is neither on nor off for the others, until that has ended. */
static void ends(void **state)
{
	const struct kit_op *off;
	struct operation op = { 0 };
	struct rng r = { 1 };
	struct kit_cpu *k;
	struct board *b;

	(void)state;
	begin("smmu-storm", 0);
	off = op_named("guest_off");
	k = &t.kit->cpu[0];
	b = &t.kit->board;
	b->given = 1;
	board_vm_set(b, 1, VM_RUNS);
	b->vm[1].ready = 1;
	k->vmid = 1;
	k->vcpuid = board_vcpu_take(b, 1, 0);
	assert_int_equal(k->vcpuid, 0);
	board_vcpu_entered(b, 1, 0);
	k->guest = true;
	assert_true(off->choose(k, &r, &op));
	assert_int_equal(kit_some_vm(k, &r, VM_RUNS), 0);
	assert_int_equal(kit_some_vm(k, &r, VM_OFF), 0);
	assert_false(board_vm_hold(b, 1, VM_OFF));
	off->ended(k, &op, KIT_DID);
	assert_false(k->guest);
	assert_int_equal(k->surprises, 0);
	assert_int_equal(kit_some_vm(k, &r, VM_OFF), 1);
	assert_int_equal(board_vm_running(b, 1), 0);
	end();
}

/* A page that was a device's of a VM that is off, and is one of another VM now, has that one's guest frame. */
static void device_again(void **state)
{
	enum { PAGE = 3 * PMD_PAGE_NUM };
	struct board *b;

	(void)state;
	begin("smmu-storm", 0);
	b = &t.kit->board;
	b->vm[1].device[4] = b->vm[2].device[7] = PAGE;
	assert_true(board_page_take(b, PAGE));
	board_page_give_device(b, PAGE, 2);
	set_cell(S2PAGE_ID, F_S2PAGE_s2_owner, PAGE, 2);
	set_cell(S2PAGE_ID, F_S2PAGE_s2_count, PAGE, INVALID);
	set_cell(S2PAGE_ID, F_S2PAGE_s2_gfn, PAGE, KIT_DEVICE_GFN + 7);
	if (!verify())
		fail_msg("%s", t.differs.text);
	set_cell(S2PAGE_ID, F_S2PAGE_s2_gfn, PAGE, KIT_DEVICE_GFN + 4);
	assert_false(verify());
	assert_string_equal(t.differs.text,
	                    "page 0x600 has guest frame 0x204, and should have 0x207");
	assert_about(2, (struct run_about[]){ { RUN_ABOUT_FRAME, 0x800 }, { RUN_ABOUT_VM, 2 } });
	end();
}

/* What an episode leaves behind is not forgotten with its machine; one that a panic has cut short is not judged. */
static void episode_over(void **state)
{
	enum { PAGE = 3 * PMD_PAGE_NUM };

	(void)state;
	for (u32 halted = 0; halted < 2; halted++) {
		begin("storm", 0);
		t.w.over(t.w.arg, t.m);
		assert_true(verify());
		set_cell(S2PAGE_ID, F_S2PAGE_s2_owner, PAGE, 2);
		if (halted)
			flag_set(&t.m->halt);
		t.w.over(t.w.arg, t.m);
		flag_clear(&t.m->halt);
		set_cell(S2PAGE_ID, F_S2PAGE_s2_owner, PAGE, HOSTVISOR);
		assert_int_equal(verify(), halted);
		if (!halted)
			assert_string_equal(
				t.differs.text,
				"at the end of episode 0 page 0x600 (frame 0x800) has owner 2 "
				"and count 0, and should have 0 and 0");
		assert_about(0, NULL);
		end();
	}
}

/* Blocks and pages are claimed of their own blocks; a frame's number is that of its region. */
static void claims(void **state)
{
	struct rng r = { 1 };
	struct kit_cpu *k;

	(void)state;
	begin("storm", 0);
	k = &t.kit->cpu[0];
	assert_int_equal(kit_pfn(t.kit, 0), 512);
	assert_int_equal(kit_pfn(t.kit, BOOT_PAGES - 1), 0x40000 + BOOT_PAGES / 2 - 1);
	assert_int_equal(t.kit->reach, 4096 - 512);
	for (u32 i = 0; i < 5; i++) {
		u64 page = kit_take_page(k, &r), block = kit_take_block(k, &r);

		assert_true(kit_block_of_pages(page / PMD_PAGE_NUM));
		assert_int_equal(board_page(&t.kit->board, page).state, PAGE_TAKEN);
		if (block == INVALID64)
			continue;
		assert_int_equal(block % PMD_PAGE_NUM, 0);
		assert_false(kit_block_of_pages(block / PMD_PAGE_NUM));
		assert_int_equal(board_page(&t.kit->board, block + 511).state, PAGE_TAKEN);
	}
	end();
}

/* Has some table's operation of this name the illegal form? */
static bool has_form(const char *operation, const char *form)
{
	for (u32 k = 0; kit_tables[k]; k++)
		for (const struct kit_op *o = kit_tables[k]; o->name; o++)
			for (const struct kit_bad *bad = o->bad; bad && bad->name; bad++)
				if (strcmp(o->name, operation) == 0 && strcmp(bad->name, form) == 0)
					return true;
	return false;
}

/* Each row of kit_forms.def names a form that there is; and such a form is one on its side alone, any other on both. */
static void forms_of_a_side(void **state)
{
	const char *operation, *form;
	struct errata published, intended;

	(void)state;
	errata_all_published(&published);
	errata_all_intended(&intended);
	for (u32 i = 0; (operation = kit_form_row(i, &form)); i++) {
		if (!has_form(operation, form))
			fail_msg("%s has no form \"%s\"", operation, form);
		assert_true(kit_form_is(&published, operation, form) !=
		            kit_form_is(&intended, operation, form));
	}
	assert_true(kit_form_is(&published, "smmu_map", "the bank is nobody's"));
	assert_true(kit_form_is(&intended, "smmu_map", "the bank is nobody's"));
	errata_set(&intended, ERRATUM_HPFAR_MASK, true);
	assert_false(kit_form_is(&intended, "host_fault", "beyond the physical addresses"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_a_side), cmocka_unit_test(tables),
		cmocka_unit_test(part_of),         cmocka_unit_test(legal),
		cmocka_unit_test(illegal),         cmocka_unit_test(dosed),
		cmocka_unit_test(mostly_refused),  cmocka_unit_test(surprises),
		cmocka_unit_test(other_state),     cmocka_unit_test(ends),
		cmocka_unit_test(device_again),    cmocka_unit_test(episode_over),
		cmocka_unit_test(claims),          cmocka_unit_test(about_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
