// SPDX-License-Identifier: GPL-2.0-only
/*
 * Schedules that are executed again: strictly, byte for byte the same; tolerantly, the same is found in scopes that are like
 * the schedule's.
 */
#include "sim/base/vec.h"
#include "sim/explore/dfs.h"
#include "sim/explore/saved.h"
#include "tests/kit.h"
#include "tests/kit_replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AB                                                                       \
	{                                                                        \
		"acquire_lock_s2page", "acquire_lock_pt 0", "release_lock_pt 0", \
			"release_lock_s2page"                                    \
	}
#define BA                                                                         \
	{                                                                          \
		"acquire_lock_pt 0", "acquire_lock_s2page", "release_lock_s2page", \
			"release_lock_pt 0"                                        \
	}
#define ONE_ACTS                                                                      \
	{                                                                             \
		"acquire_lock_core", "get_next_vmid", "expect 1", "release_lock_core" \
	}

/* Scopes in which some schedules find something. */
static const struct lines corpus[] = {
	{ .program = { { "check_then_act" }, { "check_then_act" } }, .after = ONE_ACTS, .cpus = 2 },
	{ .program = { { "check_then_act" }, { "check_then_act" }, { "check_then_act" } },
	  .after = ONE_ACTS,
	  .cpus = 3 },
	{ .program = { AB, BA }, .cpus = 2 },
	{ .program = { AB, BA, AB }, .cpus = 3 },
	{ .program = { AB, BA, AB, BA }, .cpus = 4 },
	{ .program = { { "acquire_lock_core", "get_next_vmid", "expect 0", "release_lock_core" },
	               { "acquire_lock_core", "set_next_vmid 5", "release_lock_core" } },
	  .cpus = 2 },
	{ .program = { { "acquire_lock_core", "get_next_vmid", "expect 0", "release_lock_core",
	                 "acquire_lock_core", "get_next_vmid", "expect 5", "release_lock_core" },
	               { "acquire_lock_core", "set_next_vmid 5", "release_lock_core" },
	               { "acquire_lock_core", "set_next_vmid 6", "release_lock_core" } },
	  .cpus = 3 },
	{ .before = { "boot 1024" },
	  .program = { { "register_kvm", "expect 1" }, { "register_kvm", "expect 2" } },
	  .cpus = 2 },
	{ .before = { "boot 1024", "hvc HVC_REGISTER_KVM" },
	  .program = { { "hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000",
	                 "hvc HVC_REMAP_VM_IMAGE 1 0x200 0", "get_vm_poweron 1" },
	               { "register_vcpu 1 0", "set_vm_poweroff 1" } },
	  .cpus = 2 },
	{ .before = { "boot 1024" },
	  .program = { { "register_kvm", "expect 1" },
	               { "register_kvm", "expect 2" },
	               { "register_kvm", "expect 3" } },
	  .cpus = 3 },
	{ .before = { "boot 1024", "hvc HVC_REGISTER_KVM" },
	  .program = { { "set_boot_info 1 0x80000000 0x1000", "expect 0", "map_page_host 0x300000",
	                 "set_boot_info 1 0x80000000 0x1000", "expect 2" },
	               { "map_page_host 0x300000", "set_boot_info 1 0x90000000 0x1000",
	                 "expect 1" } },
	  .cpus = 2 },
};

static bool is_call(const char *line)
{
	return strncmp(line, "expect", 6) != 0;
}

/* ---- what is done to a scope ---- */

static void section_before_each(struct lines *l)
{
	for (u32 c = 0; c < l->cpus; c++)
		for (u32 i = 0; l->program[c][i]; i++) {
			if (!is_call(l->program[c][i]))
				continue;
			lines_insert(l->program[c], i++, "acquire_lock_vm 9");
			lines_insert(l->program[c], i++, "release_lock_vm 9");
		}
}

/*
 * In each section that the lines themselves make: a read, and a section of another lock with its barriers.  (A barrier alone is stuck there: none
 * may come before the push.)
 */
static void read_and_barrier(struct lines *l)
{
	for (u32 c = 0; c < l->cpus; c++)
		for (u32 i = 0; l->program[c][i]; i++) {
			const char *line = l->program[c][i];

			if (strcmp(line, "acquire_lock_core") == 0)
				lines_insert(l->program[c], ++i, "get_next_remap_ptr");
			else if (strcmp(line, "acquire_lock_pt 0") == 0)
				lines_insert(l->program[c], ++i, "get_pgd_next 0");
			else
				continue;
			lines_insert(l->program[c], ++i, "acquire_lock_vm 9");
			lines_insert(l->program[c], ++i, "release_lock_vm 9");
		}
}

static void in_the_prefix(struct lines *l)
{
	u32 n = 0;

	while (l->before[n])
		n++;
	lines_insert(l->before, n, "acquire_lock_core");
	lines_insert(l->before, n + 1, "release_lock_core");
}

/* A section of a lock that the scope is about, where CPU @cpu begins and where it ends. */
static void operation_of(struct lines *l, u32 cpu, bool last)
{
	u32 n = 0;

	while (last && l->program[cpu][n])
		n++;
	lines_insert(l->program[cpu], n, "acquire_lock_core");
	lines_insert(l->program[cpu], n + 1, "release_lock_core");
}

static void first_of_first(struct lines *l)
{
	operation_of(l, 0, false);
}

static void last_of_first(struct lines *l)
{
	operation_of(l, 0, true);
}

static void first_of_last(struct lines *l)
{
	operation_of(l, l->cpus - 1, false);
}

static void last_of_last(struct lines *l)
{
	operation_of(l, l->cpus - 1, true);
}

static void idle(struct lines *l)
{
	l->cpus++;
}

static void renumbered(struct lines *l)
{
	const char *first[LINES];

	memcpy(first, l->program[0], sizeof(first));
	for (u32 c = 0; c + 1 < l->cpus; c++)
		memcpy(l->program[c], l->program[c + 1], sizeof(first));
	memcpy(l->program[l->cpus - 1], first, sizeof(first));
}

static void as_it_is(struct lines *l)
{
	(void)l;
}

static const struct {
	const char *name;
	void (*change)(struct lines *l);
} changes[] = {
	{ "as it is", as_it_is },
	{ "a section before each operation", section_before_each },
	{ "a read and a barrier in each section", read_and_barrier },
	{ "an operation in the prefix", in_the_prefix },
	{ "an operation of the first CPU, first", first_of_first },
	{ "an operation of the first CPU, last", last_of_first },
	{ "an operation of the last CPU, first", first_of_last },
	{ "an operation of the last CPU, last", last_of_last },
	{ "an idle CPU", idle },
	{ "CPUs renumbered", renumbered },
};

/* ---- tests ---- */

/* How many of the schedules of @of find the same on @l. */
static u32 find_again(const struct schedules *of, const struct scope *from, const struct lines *l)
{
	struct scope *to = lines_scope(l);
	struct replay_map map;
	struct ran ran;
	u32 n = 0;

	replay_map_new(&map, from, to);
	ran_new(&ran, to, VEHICLE_FIBER);
	for (u32 i = 0; i < of->n; i++) {
		struct replayed r;

		replay_run(ran.e, ran.setup, &of->v[i], REPLAY_TOLERANT, &map, &r, NULL, NULL);
		n += replay_has(r.found, of->verdict[i]);
		replayed_free(&r);
	}
	ran_free(&ran);
	replay_map_free(&map);
	scope_free(to);
	return n;
}

/* Each schedule that finds something finds it again in at least 95 of 100 scopes that are like its own. */
static void tolerant(void **state)
{
	u32 all[ARRAY_SIZE(changes)] = { 0 }, same[ARRAY_SIZE(changes)] = { 0 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(corpus); i++) {
		struct scope *from = lines_scope(&corpus[i]);
		struct schedules found = schedules_of(from, 300, false);

		if (found.n == 0)
			print_message("corpus %u: nothing is found\n", i);
		assert_true(found.n > 0);
		for (u32 k = 0; k < ARRAY_SIZE(changes); k++) {
			struct lines l = corpus[i];
			u32 n;

			changes[k].change(&l);
			n = find_again(&found, from, &l);
			if (n < found.n)
				print_message("corpus %u, %s: %u of %u\n", i, changes[k].name, n,
				              found.n);
			all[k] += found.n;
			same[k] += n;
		}
		schedules_free(&found);
		scope_free(from);
	}
	for (u32 k = 0; k < ARRAY_SIZE(changes); k++) {
		print_message("%-40s %u of %u\n", changes[k].name, same[k], all[k]);
		assert_true(100 * same[k] >= 95 * all[k]);
	}
}

static void replay_all(const struct scope *s, const struct schedules *of)
{
	struct ran ran[VEHICLE_NR];

	for (u32 v = 0; v < VEHICLE_NR; v++)
		ran_new(&ran[v], s, (enum vehicle_kind)v);
	for (u32 i = 0; i < of->n; i++) {
		struct replayed r[VEHICLE_NR];

		for (u32 v = 0; v < VEHICLE_NR; v++) {
			replay_run(ran[v].e, ran[v].setup, &of->v[i], REPLAY_STRICT, NULL, &r[v],
			           NULL, NULL);
			assert_false(r[v].differs);
			assert_true(replay_has(r[v].found, of->verdict[i]));
			assert_true(r[v].log != 0);
		}
		for (u32 v = 1; v < VEHICLE_NR; v++)
			replay_same(&r[0], &r[v]);
		for (u32 v = 0; v < VEHICLE_NR; v++)
			replayed_free(&r[v]);
	}
	for (u32 v = 0; v < VEHICLE_NR; v++)
		ran_free(&ran[v]);
}

/* Every schedule gives the same log, byte for byte, whatever the CPUs run on; other schedules give others. */
static void identical(void **state)
{
	const char *form = getenv("HYPSIM_FORM");
	u32 most = form && strcmp(form, "full") == 0 ? 10000 : 1000, n = 0;
	struct lines l = { .program = { AB, BA, AB, BA, AB }, .cpus = 5 };
	struct schedules all;
	struct scope *s;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(corpus); i++) {
		s = lines_scope(&corpus[i]);
		all = schedules_of(s, 200, true);
		replay_all(s, &all);
		n += all.n;
		schedules_free(&all);
		scope_free(s);
	}
	for (u32 c = 0; c < 4; c++)
		l.program[4][c] = NULL;
	for (u32 k = 0; k < 3; k++) {
		lines_insert(l.program[4], 0, "release_lock_core");
		lines_insert(l.program[4], 0, "acquire_lock_core");
		lines_insert(l.program[k], 0, "release_lock_core");
		lines_insert(l.program[k], 0, "acquire_lock_core");
		lines_insert(l.program[3], 0, "release_lock_core");
		lines_insert(l.program[3], 0, "acquire_lock_core");
	}
	s = lines_scope(&l);
	all = schedules_of(s, most > n ? most - n : 1, true);
	replay_all(s, &all);
	n += all.n;
	schedules_free(&all);
	scope_free(s);
	print_message("%u schedules\n", n);
	assert_true(n >= most);
}

/* A schedule of another scope, and one with a step too many or too few, stop at the step that differs and say what is there. */
static void differs(void **state)
{
	struct scope *s = lines_scope(&corpus[0]), *other = lines_scope(&corpus[5]);
	struct schedules all = schedules_of(s, 10, true);
	struct schedule cut = { .n = 0 };
	struct replayed r;
	struct ran ran;

	(void)state;
	assert_int_equal(all.n, 6);
	ran_new(&ran, s, VEHICLE_FIBER);
	schedule_copy(&cut, &all.v[0]);
	cut.n--;
	replay_run(ran.e, ran.setup, &cut, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_true(r.differs);
	assert_int_equal(r.at, 2);
	assert_int_equal(r.end, EXECUTION_BLOCKED);
	assert_string_equal(r.why, "the schedule has ended, and the machine is at CPU 1's step 0: "
	                           "ticket of CORE");
	replayed_free(&r);
	cut.n++;
	cut.v[2].step.object = 8;
	replay_run(ran.e, ran.setup, &cut, REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_int_equal(r.at, 2);
	assert_string_equal(r.why, "the schedule has CPU 1's step 0: ticket of NPT:3, and the "
	                           "machine is at CPU 1's step 0: ticket of CORE");
	replayed_free(&r);
	ran_free(&ran);
	ran_new(&ran, other, VEHICLE_FIBER);
	replay_run(ran.e, ran.setup, &all.v[0], REPLAY_STRICT, NULL, &r, NULL, NULL);
	assert_true(r.differs);
	replayed_free(&r);
	ran_free(&ran);
	schedule_free(&cut);
	schedules_free(&all);
	scope_free(s);
	scope_free(other);
}

/* A string and a file come back as they were; each changed character is noticed. */
static void saved_forms(void **state)
{
	struct scope *s = lines_scope(&corpus[3]), *out;
	struct schedules all = schedules_of(s, 20, false);
	struct saved k, back;
	struct err e;
	char *text;

	(void)state;
	saved_of(&k, s, true);
	snprintf(k.verdict, sizeof(k.verdict), "%s", all.verdict[0]);
	schedule_copy(&k.schedule, &all.v[0]);
	text = saved_string(&k);
	assert_true(saved_is_string(text));
	assert_int_equal(saved_parse(&back, text, &e), 0);
	assert_int_equal(back.hash, k.hash);
	assert_true(back.strict);
	assert_string_equal(back.verdict, k.verdict);
	assert_int_equal(back.schedule.n, k.schedule.n);
	assert_memory_equal(back.schedule.v, k.schedule.v, k.schedule.n * sizeof(*k.schedule.v));
	saved_free(&back);
	for (u32 i = 5; text[i]; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_true(saved_parse(&back, text, &e) < 0 || !text[i + 1]);
		text[i] = was;
	}
	assert_true(saved_parse(&back, "hyp2.AAAA", &e) < 0);
	assert_int_equal(e.code, ERR_VERSION);
	assert_false(saved_is_string("hypsim.json"));
	/* What no step can be about, with a checksum that is right. */
	for (u32 i = 0; i < 3; i++) {
		static const struct step wrong[] = { { .kind = POINT_TICKET, .object = 1000 },
			                             { .kind = POINT_PULL, .object = 1 },
			                             { .kind = POINT_DATA, .object = 99 } };
		struct saved odd = { .hash = 1 };
		char *string;

		schedule_add(&odd.schedule, &wrong[i], 0);
		string = saved_string(&odd);
		assert_true(saved_parse(&back, string, &e) < 0);
		assert_int_equal(e.code, ERR_TEXT);
		free(string);
		saved_free(&odd);
	}
	free(text);
	/* A scope that is not the one of the hash: who reads it frees what there is. */
	assert_int_equal(saved_scope(&k, &out, &e), 0);
	scope_free(out);
	k.hash ^= 1;
	assert_true(saved_scope(&k, &out, &e) < 0);
	assert_int_equal(e.code, ERR_TEXT);
	assert_null(out);
	saved_free(&k);
	schedules_free(&all);
	scope_free(s);
}

/* ---- our own mistakes ---- */

static u64 asked;

/* Every second time another lock: nothing undoes that. */
static u64 unruly(struct cpu *c, const u64 *a)
{
	const char *const names[] = { "acquire_lock_core", "acquire_lock_s2page",
		                      "release_lock_core", "release_lock_s2page" };
	u64 other = asked++ & 1;

	(void)a;
	prim_by_name(names[other])->call(c, NULL);
	prim_by_name(names[2 + other])->call(c, NULL);
	return 0;
}

static const struct prim planted = {
	.name = "unruly", .function = "unruly", .source = "", .family = PRIM_HYP, .call = unruly
};

/* Another value each time: the steps are the same, and what is logged is not. */
static u64 unruly_value(struct cpu *c, const u64 *a)
{
	(void)a;
	prim_by_name("acquire_lock_core")->call(c, NULL);
	for (u64 i = 0; i < asked % 3; i++)
		prim_by_name("set_next_vmid")->call(c, &asked);
	asked++;
	prim_by_name("release_lock_core")->call(c, NULL);
	return 0;
}

static const struct prim planted_value = { .name = "unruly_value",
	                                   .function = "unruly_value",
	                                   .source = "",
	                                   .family = PRIM_HYP,
	                                   .call = unruly_value };

static void search_it(void *arg)
{
	struct scope *s = arg;
	struct dfs *d = dfs_new();
	struct strategy by = dfs_strategy(d);
	struct ran ran;

	dup2(fileno(fopen("nondeterminism.txt", "w")), STDERR_FILENO);
	setvbuf(stderr, NULL, _IONBF, 0);
	ran_new(&ran, s, VEHICLE_FIBER);
	while (engine_run(ran.e, &by))
		engine_undo(ran.e);
}

/* The first line that the search of @s says when it dies. */
static void dies_saying(struct scope *s, char *line, int size)
{
	FILE *f;

	assert_true(dies(search_it, s));
	f = fopen("nondeterminism.txt", "r");
	assert_non_null(f);
	assert_non_null(fgets(line, size, f));
	fclose(f);
	unlink("nondeterminism.txt");
	print_message("%s", line);
	assert_non_null(strstr(line, "uncontrolled nondeterminism"));
}

/* Code that decides by what is not undone is noticed by the search, which says both sides and aborts. */
static void nondeterministic(void **state)
{
	struct lines l = { .program = { { "acquire_lock_core", "release_lock_core", "barrier",
		                          "acquire_lock_core", "release_lock_core" },
		                        { "acquire_lock_core", "release_lock_core" } },
		           .cpus = 2 };
	struct scope *s = lines_scope(&l);
	char line[512] = "";

	(void)state;
	s->program[0].v[2].prim = &planted;
	dies_saying(s, line, sizeof(line));
	assert_non_null(strstr(line, "ticket of CORE"));
	assert_non_null(strstr(line, "ticket of S2PAGE"));
	s->program[0].v[2].prim = &planted_value;
	dies_saying(s, line, sizeof(line));
	assert_non_null(strstr(line, "what is logged"));
	assert_non_null(strstr(line, "CPU 0's stream up to byte"));
	scope_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differs),          cmocka_unit_test(saved_forms),
		cmocka_unit_test(tolerant),         cmocka_unit_test(identical),
		cmocka_unit_test(nondeterministic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
