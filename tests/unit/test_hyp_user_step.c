// SPDX-License-Identifier: GPL-2.0-only
/* An access is one step of flat memory, and says what it read in it. */
#include "cpu/ctxt.h"
#include "lock/word.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/spt_ops.h"
#include "sim/hyp/user.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <pthread.h>
#include <sched.h>

static struct test_machine t;

KIT_VOID(mem_load, k[0], (u32)k[1])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(map_page_host, k[0])
KIT_VOID(clear_vm_page, (u32)k[0], k[1])
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(flat_store, k[0], k[1])
KIT_VALUE(flat_load, k[0])
KIT_VOID(acquire_lock_s2page)
KIT_VOID(release_lock_s2page)
KIT_VOID(acquire_lock_smmu)
KIT_VOID(release_lock_smmu)
KIT_VOID(set_smmu_cfg_vmid, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(set_per_cpu, (u32)k[0], (u32)k[1])

enum { V = 3, C = 5, BANK = 4, SMMU = 1, LOW = 512, HIGH = 262144, GFN = 0x80000 };

/* Kept by try() and try_dev(). */
static struct access got;

static u64 do_try(struct cpu *c, const u64 *k)
{
	got = mem_access(c, (enum access_kind)k[0], k[1], (u32)k[2]);
	return 0;
}

static u64 do_try_dev(struct cpu *c, const u64 *k)
{
	got = dev_access(c, (enum access_kind)k[0], k[1], (u32)k[2], (u32)k[3], (u32)k[4]);
	return 0;
}

static void boot(u32 cpus)
{
	test_machine_boot(&t, cpus, NULL);
	kit_feed(&t);
}

/* VM V has state @state and its vCPU runs; frame LOW is its page GFN, with this record. */
static void boot_guest(u32 state, u32 owner, u32 count)
{
	boot(1);
	kit_set_state(&t, V, state);
	kit_set_page(&t, LOW, owner, count, GFN);
	OK(map_s2pt, V, GFN * 4096ull, 3, LOW * 4096 | PAGE_S2_KERNEL);
	OK(set_per_cpu, V, C);
	t.m->cpu[0].ihost = false;
	kit_forget(&t);
}

/* A bank of VM @vmid, in which frame @pfn is page GFN. */
static void bank_of(vmid_t vmid, u64 pfn)
{
	OK(acquire_lock_smmu);
	OK(set_smmu_cfg_vmid, BANK, SMMU, vmid);
	OK(release_lock_smmu);
	OK(map_spt, BANK, SMMU, GFN * 4096ull, pfn * 4096 | 7);
	kit_forget(&t);
}

static u64 flat_word(void)
{
	return word_get_now(&t.m->locks.lock[FLATMEM_ID].word);
}

static bool word_is_free(void)
{
	return word_ticket(flat_word()) == word_now(flat_word());
}

/* A page with a record of its own beyond the frames of flat memory; who is stuck in its step gives flat memory back. */
static void no_frame(void **state)
{
	(void)state;
	boot(2);
	t.m->shared.fixed.region[3].mb_base = 1ull << 40;
	OK(map_s2pt, 0, 1ull << 40, 3, 1ull << 40 | PAGE_S2_KERNEL);
	STUCK(RANGE, mem_load, 1 << 28, 4);
	STUCK(RANGE, try, ACCESS_STORE, 1 << 28, 4);
	assert_true(word_is_free());
	OK(flat_store, LOW, 1);
	test_machine_free(&t);
}

/* The version of each object that was read: one that section @after may have changed, if @after is not @before. */
static void expect_seen(u32 i, lk_t lk)
{
	u64 word = t.m->locks.lock[lk].word;

	assert_true(i < got.n_seen);
	assert_int_equal(got.seen[i].lk, lk);
	assert_int_equal(got.seen[i].before, word_now(word));
	assert_int_equal(got.seen[i].after, word_ticket(word));
}

/* What an access read, in its order, by what its page is mapped, and which step at flat memory it was. */
static void tells(void **state)
{
	u32 number;

	(void)state;
	boot_guest(VERIFIED, V, 0);
	bank_of(V, LOW);
	number = t.m->locks.lock[FLATMEM_ID].number;
	OK(try, ACCESS_LOAD, GFN, 4);
	assert_int_equal(got.n_seen, 3);
	expect_seen(0, INFO_ID + V);
	expect_seen(1, NPT_ID + V);
	expect_seen(2, S2PAGE_ID);
	assert_int_equal(got.level, 3);
	assert_int_equal(got.from, ACCESS_FROM_WALK);
	assert_int_equal(got.flat_number, number);
	OK(try_dev, ACCESS_STORE, GFN, 4, BANK, SMMU);
	assert_int_equal(got.n_seen, 4);
	expect_seen(0, SMMU_ID);
	expect_seen(1, INFO_ID + V);
	expect_seen(2, SPT_ID);
	expect_seen(3, S2PAGE_ID);
	assert_int_equal(got.level, 3);
	assert_int_equal(got.flat_number, number + 2); /* behind its event */
	OK(try_dev, ACCESS_LOAD, GFN, 4, BANK, SMMU);
	assert_int_equal(got.flat_number, number + 3);
	OK(try_dev, ACCESS_LOAD, GFN, 4, BANK + 1, SMMU);
	assert_int_equal(got.n_seen, 1);
	expect_seen(0, SMMU_ID);
	assert_int_equal(got.from, ACCESS_FROM_NONE);
	OK(try, ACCESS_LOAD, GFN + 1, 4);
	assert_int_equal(got.n_seen, 2);
	assert_int_equal(got.level, 0);
	OK(map_s2pt, V, (GFN + 512) * 4096ull, 2, HIGH * 4096ull | 1);
	OK(try, ACCESS_LOAD, GFN + 512 + 7, 4);
	assert_int_equal(got.level, 2);
	kit_set_state(&t, V, READY);
	OK(try, ACCESS_LOAD, GFN, 4);
	assert_int_equal(got.n_seen, 1);
	expect_seen(0, INFO_ID + V);
	test_machine_free(&t);

	/* while another CPU is inside; and the host's state is not asked for */
	boot(2);
	OK(map_page_host, LOW * 4096);
	kit_ok(&t, 1, do_acquire_lock_s2page, "acquire_lock_s2page", KIT_LIST(0));
	OK(try, ACCESS_LOAD, LOW, 4);
	assert_int_equal(got.n_seen, 2);
	expect_seen(0, NPT_ID);
	expect_seen(1, S2PAGE_ID);
	assert_true(got.seen[1].after == got.seen[1].before + 1);
	kit_ok(&t, 1, do_release_lock_s2page, "release_lock_s2page", KIT_LIST(0));
	test_machine_free(&t);
}

static void *store_thread(void *arg)
{
	(void)arg;
	kit_ok(&t, 1, do_try, "try", KIT_LIST(ACCESS_STORE, LOW, 4));
	return NULL;
}

static void *halted_thread(void *arg)
{
	(void)arg;
	kit_panics(&t, 1, do_try, "try", KIT_LIST(ACCESS_STORE, LOW, 4));
	return NULL;
}

static void halt(struct cpu *c, void *arg)
{
	(void)arg;
	panic_called(c);
}

/* CPU 1 has asked for flat memory, which CPU 2 has. */
static void wait_for_the_store(void)
{
	while (word_ticket(flat_word()) - word_now(flat_word()) != 2)
		sched_yield();
}

/* An access that has to wait for its step reads table and record in it: the page may be another's by then. */
static void page_changes_hands(void **state)
{
	pthread_t thread;

	(void)state;
	for (u32 what = 0; what < 4; what++) {
		boot(3);
		OK(map_page_host, LOW * 4096);
		OK(flat_store, LOW, 0xf1a7);
		flat_step_begin(&t.m->cpu[2]);
		assert_int_equal(pthread_create(&thread, NULL,
		                                what == 3 ? halted_thread : store_thread, NULL),
		                 0);
		wait_for_the_store();
		if (what == 1)
			kit_set_page(&t, LOW, V, 0, GFN);
		else if (what == 2)
			OK(map_s2pt, 0, LOW * 4096, 3, PAGE_GUEST);
		else if (what == 3)
			/* Not by a call that reads the log, which CPU 1 writes. */
			assert_int_equal(cpu_call(&t.m->cpu[0], halt, NULL), OUT_PANIC);
		flat_step_end(&t.m->cpu[2]);
		pthread_join(thread, NULL);
		if (what < 3)
			assert_int_equal(got.how, what == 0   ? ACCESS_OWN
			                          : what == 1 ? ACCESS_SHARED
			                                      : ACCESS_NO_TRANSLATION);
		assert_true(kit_flat(&t, LOW) == (what == 0 ? 0 : 0xf1a7));
		assert_true(what == 3 || word_is_free());
		test_machine_free(&t);
	}
}

static bool was_in_step;

static u64 asked_in_step(const struct params *p, vmid_t vmid, u64 n)
{
	(void)p;
	(void)vmid;
	(void)n;
	was_in_step = !word_is_free();
	return 0x0ac1e;
}

/* Also an access that uses no frame is one step, to its end. */
static void no_frame_is_a_step(void **state)
{
	(void)state;
	boot(2);
	OK(map_page_host, LOW * 4096);
	kit_set_page(&t, LOW, V, 1, GFN);
	t.m->model.doracle = asked_in_step;
	was_in_step = false;
	OK(try, ACCESS_LOAD, LOW, 4);
	assert_int_equal(got.how, ACCESS_SHARED);
	assert_true(got.value == 0x0ac1e);
	assert_true(was_in_step);
	assert_true(word_is_free());
	test_machine_free(&t);
}

enum { ROUNDS = 300 };

static const u64 given = 0x6171e4;

static u64 give(const struct params *p, vmid_t vmid, u64 n)
{
	(void)p;
	(void)vmid;
	(void)n;
	return given;
}

static void *give_and_take(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < ROUNDS; i++) {
		kit_ok(&t, 1, do_assign_pfn_to_vm, "assign_pfn_to_vm", KIT_LIST(V, GFN, LOW));
		/* What the VM got is what it keeps, whatever the host stores meanwhile. */
		for (u32 k = 0; k < 10; k++)
			assert_true(kit_ok(&t, 1, do_flat_load, "flat_load", KIT_LIST(LOW)) ==
			            given);
		kit_ok(&t, 1, do_clear_vm_page, "clear_vm_page", KIT_LIST(V, LOW));
		kit_ok(&t, 1, do_map_page_host, "map_page_host", KIT_LIST(LOW * 4096));
	}
	return NULL;
}

/* Accesses beside the hypervisor's work on the same page: no race but the walk's own, and every end is one of three. */
static void beside_the_hypervisor(void **state)
{
	pthread_t thread;
	u32 ends[ACCESS_NOT_OWNER + 1] = { 0 };

	(void)state;
	boot(2);
	t.m->model.doracle = give;
	OK(map_page_host, LOW * 4096);
	assert_int_equal(pthread_create(&thread, NULL, give_and_take, NULL), 0);
	for (u32 i = 0; i < 20 * ROUNDS; i++) {
		OK(try, i % 2, LOW, 4);
		ends[got.how]++;
		assert_false(got.stale);
	}
	pthread_join(thread, NULL);
	assert_int_equal(ends[ACCESS_OWN] + ends[ACCESS_SHARED] + ends[ACCESS_NO_TRANSLATION],
	                 20 * ROUNDS);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_frame),
		cmocka_unit_test(tells),
		cmocka_unit_test(page_changes_hands),
		cmocka_unit_test(no_frame_is_a_step),
		cmocka_unit_test(beside_the_hypervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
