// SPDX-License-Identifier: GPL-2.0-only
/* A machine as it is made and as an episode leaves it to the next; who waits for whom. */
#include "sim/machine/machine.h"

#include "lock/slot.h"
#include "lock/word.h"
#include "sim/log/mark_arg.h"
#include "sim/log/read/merge.h"
#include "sim/machine/surprise.h"
#include "sim/machine/watch.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPUS = 3, LK = NPT_ID + 2, START = 77 };

static struct log_config config;
static struct log *logged;

static struct machine *make(bool keep_reads, bool timing)
{
	static struct init_row rows[] = {
		{ .obj = NPT_ID + 2, .d = { .field = F_NPT_pt_pgd_next, .new = 9 } },
		{ .obj = INFO_ID,
		  .d = { .field = F_INFO_vm_vcpu, .first = 2, .last = 4, .new = 5 },
		  .step = 10 },
	};
	struct machine_params p = { .cpus = CPUS,
		                    .start_ticket = START,
		                    .start_now = START,
		                    .keep_reads = keep_reads,
		                    .timing = timing };
	struct machine *m;
	struct err e;

	log_config_init(&config, CPUS);
	config.lock_bound = 6;
	config.total_cpu = 11;
	config.init = rows;
	config.n_init = ARRAY_SIZE(rows);
	assert_int_equal(log_open_memory(&logged, &config, 1 << 30, &e), 0);
	assert_int_equal(machine_create(&m, &p, logged, &e), 0);
	return m;
}

static void unmake(struct machine *m)
{
	machine_free(m);
	log_free(logged);
	config.init = NULL;
	config.n_init = 0;
	log_config_free(&config);
}

static void is_initial(const struct machine *m)
{
	assert_false(flag_get(&m->halt));
	assert_false(flag_get(&m->stop));
	for (lk_t lk = 0; lk < ID_END; lk++)
		assert_true(m->locks.lock[lk].word == word_make(START, START));
	assert_true(obj_get(&m->shared.obj[LK], F_NPT_pt_pgd_next, 0) == 9);
	assert_true(obj_get(&m->shared.obj[LK], F_NPT_pt_pud_next, 0) == 0);
	for (u32 i = 0; i < 8; i++)
		assert_true(obj_get(&m->shared.obj[INFO_ID], F_INFO_vm_vcpu, i) ==
		            (i >= 2 && i <= 4 ? 5 + (i - 2) * 10 : 0));
	for (u32 i = 0; i < CPUS; i++) {
		const struct cpu *c = &m->cpu[i];

		assert_int_equal(c->id, i);
		assert_int_equal(c->bars, BARRIER_VALID);
		assert_int_equal(c->tstate, 1);
		assert_int_equal(c->permit, 0);
		assert_null(c->hold_word);
		assert_true(c->pub.held == 0);
		assert_true(c->pub.waits == 0);
		for (lk_t lk = 0; lk < ID_END; lk++)
			assert_int_equal(c->lock[lk], LOCK_FALSE);
		assert_int_equal(c->bound, 6);
		assert_int_equal(c->total_cpu, 11);
		assert_ptr_equal(c->log, log_writer(logged, i));
	}
}

static void made(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++) {
		struct machine *m = make(i & 1, i & 2);

		is_initial(m);
		for (u32 c = 0; c < CPUS; c++) {
			assert_int_equal(m->cpu[c].keep_reads, i & 1);
			assert_int_equal(m->cpu[c].timing, (i & 2) != 0);
		}
		assert_true(m->episode == 0);
		unmake(m);
	}
	machine_free(NULL);
}

/* Kilobytes of @key in /proc/self/status. */
static long status_kb(const char *key)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key), NULL, 10);
	fclose(f);
	return kb;
}

/* A machine that has done nothing takes address space, and little memory. */
static void idle(void **state)
{
	long before = status_kb("VmRSS:"), reserved = status_kb("VmSize:");
	struct machine *m = make(false, false);

	(void)state;
	assert_true(status_kb("VmSize:") - reserved > 2 << 20);
	assert_true(status_kb("VmRSS:") - before < 32 << 10);
	machine_reset(m);
	assert_true(status_kb("VmRSS:") - before < 32 << 10);
	unmake(m);
}

static void reset(void **state)
{
	struct machine *m = make(false, false);

	(void)state;
	flag_set(&m->halt);
	flag_set(&m->stop);
	m->locks.lock[LK].word = 5;
	obj_set(&m->shared.obj[LK], F_NPT_pt_pgd_next, 0, 1);
	obj_set(&m->shared.obj[LK], F_NPT_pt_pud_next, 0, 1);
	for (u32 i = 0; i < CPUS; i++) {
		struct cpu *c = &m->cpu[i];

		c->bars = BARRIERED;
		c->tstate = 0;
		c->permit = 3;
		c->hold_word = &m->locks.lock[LK].word;
		c->pub.held = c->pub.waits = 8;
		memset(c->lock, LOCK_OWN_PULLED, sizeof(c->lock));
	}
	machine_reset(m);
	is_initial(m);
	assert_true(m->episode == 1);
	unmake(m);
}

static void waits(struct machine *m, u32 cpu, lk_t held, lk_t lk, u32 ticket)
{
	m->cpu[cpu].pub.held = held ? 1ull << held : 0;
	m->cpu[cpu].pub.waits = lk ? waits_of(lk, ticket) : 0;
}

/* Cycles of two and three, a tail that leads into one, a chain that is none; what moves looks different. */
static void cycles(void **state)
{
	struct machine *m = make(false, false);
	struct wait_cycle a, b;
	char text[512], small[20];
	struct wait_cycle none = { 0 };

	(void)state;
	assert_false(watch_cycle(m, &a));
	waits(m, 0, 5, 6, 1);
	waits(m, 1, 6, 7, 1);
	waits(m, 2, 7, 0, 0);
	assert_false(watch_cycle(m, &a));
	waits(m, 2, 7, 5, 1);
	assert_true(watch_cycle(m, &a));
	assert_true(a.mask == 7);
	assert_string_equal(
		wait_cycle_print(&a, text, sizeof(text)),
		"cpu 0 waits for NPT:1 (lock 6), held by cpu 1; cpu 1 waits for NPT:2 "
		"(lock 7), held by cpu 2; cpu 2 waits for NPT:0 (lock 5), held by cpu 0");
	assert_true(watch_cycle(m, &b));
	assert_string_equal(wait_cycle_print(&b, small, sizeof(small)), "cpu 0 waits for NPT");
	assert_true(a.waits == b.waits && a.mask == b.mask);
	waits(m, 1, 6, 7, 2);
	assert_true(watch_cycle(m, &b));
	assert_true(a.waits != b.waits);
	/* CPU 0 waits for a cycle of which it is no part */
	waits(m, 0, 5, 6, 1);
	waits(m, 2, 7, 6, 1);
	assert_true(watch_cycle(m, &b));
	assert_true(b.mask == 6);
	assert_int_equal(b.n, 2);
	assert_true(b.edge[0].waiter == 1 && b.edge[0].lk == 7 && b.edge[0].holder == 2);
	assert_true(b.edge[1].waiter == 2 && b.edge[1].lk == 6 && b.edge[1].holder == 1);
	assert_string_equal(wait_cycle_print(&none, text, sizeof(text)), "");
	unmake(m);
}

/* What the watch saw of CPU 1 stands in the run's own stream. */
static void stall_is(u64 waits, u32 now, bool sleeps, enum mark_values state, lk_t lk)
{
	struct machine *m = make(false, false);
	struct stall s;
	struct event ev[16];
	struct err e;
	u32 n = 0, at = 0;
	struct merge *merge;

	machine_begin_episode(m);
	m->cpu[1].pub.waits = waits;
	m->locks.lock[lk].word = word_make(START + 2, now);
	if (sleeps)
		m->locks.lock[lk].slot[waits_ticket(waits) % MAX_CPU] = SLOT_SLEEPS;
	stall_look(m, 1, 2000, &s);
	stall_say(m, &s);
	assert_int_equal(log_close(logged, true, &e), 0);
	merge = merge_open_memory(log_in_memory(logged));
	merge_finish(merge);
	assert_int_equal(merge_source(merge)->next(merge_source(merge), ev, 16, &n, &e), 0);
	while (at < n && ev[at].kind != MARK_STALL)
		at++;
	assert_true(at < n && ev[at].flags & EVF_RUN);
	assert_int_equal(ev[at].args[0], 1);
	assert_int_equal(ev[at].args[1], state);
	assert_int_equal(ev[at].args[2], waits ? lk : 0);
	assert_int_equal(ev[at].args[3], waits ? waits_ticket(waits) : 0);
	assert_int_equal(ev[at].args[4], waits ? now : 0);
	assert_int_equal(ev[at].args[5], 2000);
	merge_free(merge);
	unmake(m);
}

static void stalls(void **state)
{
	(void)state;
	stall_is(0, START, false, MV_WAITS_RUNS, LK);
	stall_is(waits_of(LK, START + 1), START, false, MV_WAITS_LOOKS, LK);
	stall_is(waits_of(LK, START + 1), START + 1, true, MV_WAITS_SLEEPS, LK);
	stall_is(waits_of(FLATMEM_ID, START + 1), START, false, MV_WAITS_FLAT, FLATMEM_ID);
	stall_is(waits_of(FLATMEM_ID, START + 1), START, true, MV_WAITS_SLEEPS, FLATMEM_ID);
}

/* What the machine does not hold at the end stands there too, with what it is about. */
static void surprised(void **state)
{
	const u64 want[] = { MV_ANSWER_DID, MV_ANSWER_OTHER, MV_ABOUT_VM, 3, MV_ABOUT_VCPU, 1 };
	struct run_differs d = { .text = "vCPU 1 of VM 3" };
	struct machine *m = make(false, false);
	struct event ev[16];
	struct err e;
	u32 n = 0, at = 0;
	struct merge *merge;

	(void)state;
	machine_begin_episode(m);
	differs_about(&d, RUN_ABOUT_VM, 3);
	differs_about(&d, RUN_ABOUT_VCPU, 1);
	surprise_of_run(m, &d);
	assert_int_equal(log_close(logged, true, &e), 0);
	merge = merge_open_memory(log_in_memory(logged));
	merge_finish(merge);
	assert_int_equal(merge_source(merge)->next(merge_source(merge), ev, 16, &n, &e), 0);
	while (at < n && ev[at].kind != MARK_SURPRISE)
		at++;
	assert_true(at < n && ev[at].flags & EVF_RUN);
	assert_int_equal(ev[at].n, ARRAY_SIZE(want));
	assert_memory_equal(ev[at].args, want, sizeof(want));
	assert_string_equal(mark_text(&ev[at]), d.text);
	merge_free(merge);
	unmake(m);
	for (u32 i = 0; i < 2 * RUN_ABOUT_MAX; i++)
		differs_about(&d, RUN_ABOUT_FRAME, i);
	assert_int_equal(d.n_about, RUN_ABOUT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made),   cmocka_unit_test(idle),   cmocka_unit_test(reset),
		cmocka_unit_test(cycles), cmocka_unit_test(stalls), cmocka_unit_test(surprised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
