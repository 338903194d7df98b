// SPDX-License-Identifier: GPL-2.0-only
/* Translation buffers: what they keep, when that is stale, and who makes them forget. */
#include "shmem/tlb.h"

#include "cpu/perturb.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"

#include <pthread.h>

enum { CPUS = 3, VM = 3, BANK = 5, SMMU = 1, TABLE = 3, G = 4, OLD = 0x77, NEW = 0x88 };

static struct test_machine t;

static void make(bool tlb, bool published)
{
	struct machine_params p = { .cpus = CPUS,
		                    .policy = { .kind = WAIT_YIELD, .cores = 2 },
		                    .tlb = tlb };
	struct err e;

	log_config_init(&t.config, CPUS);
	errata_set(&p.errata, ERRATUM_TLB_INVALIDATE, published);
	assert_int_equal(log_open_off(&t.log, &t.config, &e), 0);
	assert_int_equal(machine_create(&t.m, &p, t.log, &e), 0);
	for (vmid_t v = VM; v <= VM + 1; v++) {
		struct obj *o = &t.m->shared.obj[NPT_ID + v];

		obj_set(o, F_NPT_pt_vttbr_pool, pool_start(v), pgd_start(v) | TABLE);
		obj_set(o, F_NPT_pt_pgd_pool, pgd_start(v), pud_start(v) | TABLE);
		obj_set(o, F_NPT_pt_pud_pool, pud_start(v), pmd_start(v) | TABLE);
		obj_set(o, F_NPT_pt_pud_pool, pud_start(v) + 8, (pmd_start(v) + PAGE_SIZE) | TABLE);
	}
	for (u32 b = BANK; b <= BANK + 1; b++) {
		struct obj *o = &t.m->shared.obj[SPT_ID];
		u64 pmds = SMMU_PMD_START + (b - BANK) * PAGE_SIZE;
		u64 pgds = SMMU_PGD_START + (b - BANK) * PAGE_SIZE;

		obj_set(o, F_SPT_spt_vttbr_pool, SMMU_TTBR(SMMU, b), pgds | TABLE);
		obj_set(o, F_SPT_spt_pgd_pool, pgds, pmds | TABLE);
	}
}

/* Frame @pfn for page @gfn (0..1023) of a VM; 0: none. */
static void map(vmid_t v, u64 gfn, u64 pfn)
{
	obj_set(&t.m->shared.obj[NPT_ID + v], F_NPT_pt_pmd_pool, pmd_start(v) + gfn * 8,
	        pfn * PAGE_SIZE);
}

static void map_bank(u32 bank, u64 gfn, u64 pfn)
{
	obj_set(&t.m->shared.obj[SPT_ID], F_SPT_spt_pmd_pool,
	        SMMU_PMD_START + (bank - BANK) * PAGE_SIZE + gfn * 8, pfn * PAGE_SIZE);
}

static void gives(u32 cpu, vmid_t v, u64 gfn, u64 pfn, bool stale)
{
	struct translation tr = translate_stage2(&t.m->cpu[cpu], v, gfn);

	assert_int_equal(tr.table.pfn, pfn);
	assert_int_equal(tr.stale, stale);
	assert_false(tr.untold);
}

/* As gives(), while somebody is at work: whether it is stale cannot be told. */
static void may_give(u32 cpu, vmid_t v, u64 gfn, u64 pfn)
{
	struct translation tr = translate_stage2(&t.m->cpu[cpu], v, gfn);

	assert_int_equal(tr.table.pfn, pfn);
	assert_true(tr.buffered);
	assert_false(tr.stale);
	assert_true(tr.untold);
}

static void bank_gives(u32 bank, u64 gfn, u64 pfn, bool stale)
{
	struct translation tr = translate_bank(&t.m->cpu[0], bank, SMMU, gfn);

	assert_int_equal(tr.table.pfn, pfn);
	assert_int_equal(tr.stale, stale);
	assert_false(tr.untold);
}

/* An invalidation that is waited for at once. */
static void invalidate(struct cpu *c, vmid_t v, u64 gfn)
{
	tlb_invalidate_begin(c, v, gfn);
	tlb_invalidate_wait(c);
}

static void invalidate_block(struct cpu *c, vmid_t v, u64 gfn)
{
	tlb_invalidate_begin_block(c, v, gfn);
	tlb_invalidate_wait(c);
}

static void invalidate_bank_page(struct cpu *c, u32 bank, u64 gfn)
{
	tlb_invalidate_begin_bank_page(c, bank, SMMU, gfn);
	tlb_invalidate_wait(c);
}

static void invalidate_bank(struct cpu *c, u32 bank)
{
	tlb_invalidate_begin_bank(c, bank, SMMU);
	tlb_invalidate_wait(c);
}

/* The published machine has none: a changed entry is at once what an access finds. */
static void off(void **state)
{
	(void)state;
	make(false, false);
	assert_null(t.m->cpu[0].tlbs);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	map(VM, G, NEW);
	gives(0, VM, G, NEW, false);
	invalidate(&t.m->cpu[0], VM, G);
	invalidate_block(&t.m->cpu[0], VM, G);
	invalidate_bank_page(&t.m->cpu[0], BANK, G);
	invalidate_bank(&t.m->cpu[0], BANK);
	test_machine_free(&t);
}

/* What was found once is given again, whatever the table has now; each CPU has a buffer of its own. */
static void keeps(void **state)
{
	(void)state;
	make(true, true);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	gives(0, VM, G, OLD, false);
	map(VM, G, NEW);
	gives(0, VM, G, OLD, true);
	gives(1, VM, G, NEW, false);
	map(VM, G, 0);
	gives(0, VM, G, OLD, true);
	gives(2, VM, G, 0, false);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	machine_reset(t.m);
	gives(0, VM, G, 0, false);
	test_machine_free(&t);
}

/* That there is no translation is not kept, nor a frame or page that the slot has no room for. */
static void does_not_keep(void **state)
{
	struct cpu *c;

	(void)state;
	make(true, true);
	c = &t.m->cpu[0];
	gives(0, VM, G, 0, false);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	map(VM, G + 1, KVM_PFN_SPACE);
	gives(0, VM, G + 1, KVM_PFN_SPACE, false);
	map(VM, G + 1, NEW);
	gives(0, VM, G + 1, NEW, false);
	assert_int_equal(translate_stage2(c, VM, KVM_GFN_SPACE + G).table.pfn, 0);
	test_machine_free(&t);
}

/* A slot is one page's of one address space: another one's takes it over. */
static void tags(void **state)
{
	(void)state;
	make(true, true);
	map(VM, G, OLD);
	map(VM, G + TLB_SLOTS, NEW);
	map(VM + 1, G, NEW + 1);
	map_bank(BANK, G, NEW + 2);
	map_bank(BANK + 1, G, NEW + 3);
	for (u32 i = 0; i < 2; i++) {
		gives(0, VM, G, OLD, false);
		gives(0, VM, G + TLB_SLOTS, NEW, false);
		gives(0, VM + 1, G, NEW + 1, false);
		bank_gives(BANK, G, NEW + 2, false);
		bank_gives(BANK + 1, G, NEW + 3, false);
	}
	map(VM, G, 0);
	gives(0, VM, G, 0, false);
	map_bank(BANK + 1, G + 1, OLD);
	bank_gives(BANK + 1, G + 1, OLD, false);
	map_bank(BANK + 1, G + 1, 0);
	bank_gives(BANK + 1, G + 1, OLD, true);
	test_machine_free(&t);
}

static void take(struct cpu *c, void *arg)
{
	const lk_t *lk = arg;

	wait_lock(c, *lk);
}

static void pass(struct cpu *c, void *arg)
{
	const lk_t *lk = arg;

	pass_lock(c, *lk);
}

static void enter(u32 cpu, lk_t lk)
{
	assert_int_equal(cpu_call(&t.m->cpu[cpu], take, &lk), OUT_OK);
}

static void leave(u32 cpu, lk_t lk)
{
	assert_int_equal(cpu_call(&t.m->cpu[cpu], pass, &lk), OUT_OK);
}

/* While somebody is at work on the table its old translation may still be used; work on another table plays no part. */
static void at_work(void **state)
{
	(void)state;
	make(true, true);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	enter(1, NPT_ID + VM);
	gives(0, VM, G, OLD, false);
	map(VM, G, NEW);
	may_give(0, VM, G, OLD);
	leave(1, NPT_ID + VM);
	gives(0, VM, G, OLD, true);
	enter(1, NPT_ID + VM);
	may_give(0, VM, G, OLD);
	leave(1, NPT_ID + VM);
	enter(1, NPT_ID + VM + 1);
	gives(0, VM, G, OLD, true);
	leave(1, NPT_ID + VM + 1);
	test_machine_free(&t);
}

/* What has begun empties nothing; its own CPU's wait ends all of it, before the section is over. */
static void begun(void **state)
{
	struct cpu *c;

	(void)state;
	make(true, false);
	c = &t.m->cpu[2];
	map(VM, G, OLD);
	map_bank(BANK, G + 1, OLD);
	gives(0, VM, G, OLD, false);
	bank_gives(BANK, G + 1, OLD, false);
	enter(2, NPT_ID + VM);
	map(VM, G, NEW);
	tlb_invalidate_begin(c, VM, G);
	may_give(0, VM, G, OLD);
	gives(1, VM, G, NEW, false); /* who had nothing walks */
	tlb_invalidate_wait(&t.m->cpu[1]);
	may_give(0, VM, G, OLD);
	leave(2, NPT_ID + VM);
	gives(0, VM, G, OLD, true); /* the wait is missing */
	map_bank(BANK, G + 1, NEW);
	tlb_invalidate_begin_bank_page(c, BANK, SMMU, G + 1);
	bank_gives(BANK, G + 1, OLD, true);
	tlb_invalidate_wait(c);
	gives(0, VM, G, NEW, false);
	bank_gives(BANK, G + 1, NEW, false);
	test_machine_free(&t);
}

/* One more than a CPU can have begun: the oldest is over, and the others are not. */
static void begun_too_many(void **state)
{
	struct cpu *c;

	(void)state;
	make(true, false);
	c = &t.m->cpu[1];
	for (u64 i = 0; i <= TLB_BEGUN; i++) {
		map(VM, G + i, OLD);
		gives(0, VM, G + i, OLD, false);
		map(VM, G + i, NEW);
		tlb_invalidate_begin(c, VM, G + i);
		gives(0, VM, G, i == TLB_BEGUN ? NEW : OLD, i < TLB_BEGUN);
	}
	for (u64 i = 1; i <= TLB_BEGUN; i++)
		gives(0, VM, G + i, OLD, true);
	tlb_invalidate_wait(c);
	for (u64 i = 0; i <= TLB_BEGUN; i++)
		gives(0, VM, G + i, NEW, false);
	test_machine_free(&t);
}

/* On a halted machine nothing begins, and nothing that has begun is waited for. */
static void halted(void **state)
{
	struct cpu *c;

	(void)state;
	make(true, false);
	c = &t.m->cpu[1];
	map(VM, G, OLD);
	map(VM, G + 1, OLD);
	gives(0, VM, G, OLD, false);
	gives(0, VM, G + 1, OLD, false);
	map(VM, G, NEW);
	map(VM, G + 1, NEW);
	tlb_invalidate_begin(c, VM, G);
	panic_called(c);
	tlb_invalidate_begin(c, VM, G + 1);
	assert_int_equal(c->tlbs[1].n_begun, 1);
	tlb_invalidate_wait(c);
	assert_int_equal(c->tlbs[1].n_begun, 1);
	gives(0, VM, G, OLD, true);
	machine_reset(t.m);
	assert_int_equal(c->tlbs[1].n_begun, 0);
	test_machine_free(&t);
}

/* What an access is told of its translation: the level and whose it is, and of the table that was walked its versions. */
static void tells(void **state)
{
	struct translation tr;

	(void)state;
	make(true, true);
	obj_set(&t.m->shared.obj[NPT_ID + VM], F_NPT_pt_pud_pool, pud_start(VM) + 2 * 8,
	        0x400ull * PAGE_SIZE | 1);
	map(VM, G, OLD);
	map_bank(BANK, G + 1, OLD);
	for (u32 i = 0; i < 2; i++) {
		enter(1, NPT_ID + VM);
		leave(1, NPT_ID + VM);
		tr = translate_stage2(&t.m->cpu[0], VM, 1024 + 7);
		assert_int_equal(tr.buffered, i);
		assert_int_equal(tr.table.pfn, 0x400 + 7);
		assert_int_equal(tr.table.level, 2);
		assert_int_equal(tr.table.seen.lk, NPT_ID + VM);
		assert_int_equal(tr.table.seen.before, i + 1);
		assert_int_equal(tr.table.seen.after, i + 1);
		tr = translate_stage2(&t.m->cpu[0], VM, G);
		assert_int_equal(tr.buffered, i);
		assert_int_equal(tr.table.level, 3);
		tr = translate_bank(&t.m->cpu[0], BANK, SMMU, G + 1);
		assert_int_equal(tr.buffered, i);
		assert_int_equal(tr.table.level, 3);
		assert_int_equal(tr.table.seen.lk, SPT_ID);
		tr = translate_stage2(&t.m->cpu[0], VM, G + 2);
		assert_false(tr.buffered);
		assert_int_equal(tr.table.level, 0);
	}
	test_machine_free(&t);
}

/* As published nobody forgets; as intended every CPU does: the page, the block, the bank's page, and no other. */
static void forgets(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		struct cpu *c;

		make(true, published);
		c = &t.m->cpu[2];
		map(VM, G, OLD);
		map(VM, G + 1, OLD);
		map_bank(BANK, G + 2, OLD);
		gives(0, VM, G, OLD, false);
		gives(1, VM, G, OLD, false);
		gives(0, VM, G + 1, OLD, false);
		bank_gives(BANK, G + 2, OLD, false);
		map(VM, G, NEW);
		map(VM, G + 1, NEW);
		map_bank(BANK, G + 2, NEW);
		invalidate(c, VM + 1, G);
		invalidate(c, VM, G + TLB_SLOTS);
		invalidate_bank_page(c, BANK + 1, G + 2);
		invalidate_bank(c, BANK + 1);
		gives(0, VM, G, OLD, true);
		invalidate(c, VM, G);
		gives(0, VM, G, published ? OLD : NEW, published);
		gives(1, VM, G, published ? OLD : NEW, published);
		gives(0, VM, G + 1, OLD, true);
		bank_gives(BANK, G + 2, OLD, true);
		invalidate_bank_page(c, BANK, G + 2);
		bank_gives(BANK, G + 2, published ? OLD : NEW, published);
		map_bank(BANK, G + 2, OLD + 1);
		invalidate_bank(c, BANK);
		bank_gives(BANK, G + 2, published ? OLD : OLD + 1, published);
		invalidate_block(c, VM, 512);
		gives(0, VM, G + 1, OLD, true);
		invalidate_block(c, VM, 511);
		gives(0, VM, G + 1, published ? OLD : NEW, published);
		test_machine_free(&t);
	}
}

static u32 walks;

static void invalidate_in_walk(struct cpu *c, lk_t lk)
{
	(void)lk;
	if (walks++ == 0) {
		map(VM, G, NEW);
		invalidate(c, VM, G);
	}
}

static void no_pull(struct cpu *c, lk_t lk, bool fresh)
{
	(void)c;
	(void)lk;
	(void)fresh;
}

/* A walk during which its page was invalidated is done again: what it found may be the old entry. */
static void walks_again(void **state)
{
	static const struct env_ops env = { .query = invalidate_in_walk, .pull = no_pull };

	(void)state;
	make(true, false);
	t.m->cpu[0].env = &env;
	walks = 0;
	map(VM, G, OLD);
	gives(0, VM, G, NEW, false);
	assert_int_equal(walks, 2);
	test_machine_free(&t);
}

/* An access whose page is invalidated between the buffer and the look at the table was in flight: it is not stale. */
static void in_flight(void **state)
{
	static const struct env_ops env = { .query = invalidate_in_walk, .pull = no_pull };

	(void)state;
	make(true, false);
	map(VM, G, OLD);
	gives(0, VM, G, OLD, false);
	t.m->cpu[0].env = &env;
	walks = 0;
	gives(0, VM, G, OLD, false);
	gives(0, VM, G, NEW, false);
	test_machine_free(&t);
}

enum { ROUNDS = 5000, PERTURBED = 500 };

/* What CPU 1 has to do, and where it failed: 1 + the round, 0: nowhere. */
struct remapping {
	u64 rounds, failed;
	enum outcome how;
};

static void *remap(void *arg)
{
	static lk_t lk = NPT_ID + VM;
	struct remapping *r = arg;
	struct cpu *c = &t.m->cpu[1];

	for (u64 i = 0; i < r->rounds && !r->failed; i++) {
		u64 *at = obj_cell(&t.m->shared.obj[lk], F_NPT_pt_pmd_pool, pmd_start(VM) + G * 8);

		r->how = cpu_call(c, take, &lk);
		if (r->how == OUT_OK) {
			*(volatile u64 *)at = (1 + i % 3) * PAGE_SIZE;
			invalidate(c, VM, G);
			r->how = cpu_call(c, pass, &lk);
		}
		r->failed = r->how == OUT_OK ? 0 : i + 1;
	}
	return NULL;
}

/* Translations of CPU 0, up to the first that is wrong; @n: how many.  Nothing may fail here: the other thread is at work. */
static struct translation until_wrong(u64 n, u64 *at)
{
	struct translation tr;

	for (*at = 0; *at < n; ++*at) {
		tr = translate_stage2(&t.m->cpu[0], VM, G);
		if (tr.stale || tr.table.pfn < 1 || tr.table.pfn > 3)
			return tr;
	}
	return (struct translation){ .stale = false };
}

static void race(u64 rounds, u32 perturb)
{
	struct remapping r = { .rounds = rounds };
	struct translation wrong;
	pthread_t thread;
	u64 at;

	make(true, false);
	for (u32 i = 0; i < 2; i++)
		perturb_begin(&t.m->cpu[i], test_seed(5), 0, perturb);
	map(VM, G, 1);
	assert_int_equal(pthread_create(&thread, NULL, remap, &r), 0);
	wrong = until_wrong(20 * rounds, &at);
	pthread_join(thread, NULL);
	if (r.failed)
		fail_msg("round %llu of the other CPU: outcome %d, %s",
		         (unsigned long long)r.failed, r.how, stuck_name(t.m->cpu[1].stuck.rule));
	if (at < 20 * rounds)
		fail_msg("translation %llu: frame 0x%llx, stale %d, buffered %d, sections %u to "
		         "%u, now "
		         "slot 0x%llx, lock word 0x%llx",
		         (unsigned long long)at, (unsigned long long)wrong.table.pfn, wrong.stale,
		         wrong.buffered, wrong.table.seen.before, wrong.table.seen.after,
		         (unsigned long long)t.m->cpu[0].tlbs[0].slot[G],
		         (unsigned long long)t.m->locks.lock[NPT_ID + VM].word);
	test_machine_free(&t);
}

/* When each change is invalidated under its lock, no access is ever stale; also where the CPUs are delayed between their steps. */
static void never_stale(void **state)
{
	(void)state;
	race(ROUNDS, 0);
	race(PERTURBED, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off),
		cmocka_unit_test(keeps),
		cmocka_unit_test(tags),
		cmocka_unit_test(does_not_keep),
		cmocka_unit_test(at_work),
		cmocka_unit_test(forgets),
		cmocka_unit_test(walks_again),
		cmocka_unit_test(in_flight),
		cmocka_unit_test(never_stale),
		cmocka_unit_test(begun),
		cmocka_unit_test(begun_too_many),
		cmocka_unit_test(halted),
		cmocka_unit_test(tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
