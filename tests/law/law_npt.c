// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stage-2 table behaves as the map that the published refinement makes of it, local_mmap: random maps of pages and
 * blocks over few addresses and small pools, each step compared with the map, its flags and its cursors.
 */
#include "sim/hyp/npt_ops.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/base/rng.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"

static struct test_machine t;

KIT_VALUE(get_level_s2pt, (u32)k[0], k[1])
KIT_VALUE(walk_s2pt, (u32)k[0], k[1])

enum { V = 5, RUNS = 200, STEPS = 60, N = 3 };

/* Indices that addresses are made of, at each level: the ends and something between. */
static const u64 indices[N] = { 0, 7, 511 };

/* Of one PMD entry: a table of PTEs, a block, or nothing. */
struct model_pmd {
	bool table, block;
	u64 entry;  /* the block's */
	u64 pte[N]; /* of a table */
};

/**
 * struct model - [local_mmap]
 * @pgd_t, @pud_t: which tables there are
 * @left: pages that each pool still has
 */
struct model {
	bool pgd_t[N], pud_t[N][N];
	struct model_pmd pmd[N][N][N];
	u64 left[3];
};

struct place {
	u32 pgd, pud, pmd, pte;
};

static u64 addr_of(struct place p)
{
	return indices[p.pgd] << 39 | indices[p.pud] << 30 | indices[p.pmd] << 21 |
	       indices[p.pte] << 12;
}

/* One map; false: it halts, and nothing is said of what then is. */
static bool model_map(struct model *m, struct place p, u64 level, u64 pte)
{
	bool *pgd = &m->pgd_t[p.pgd], *pud = &m->pud_t[p.pgd][p.pud];
	struct model_pmd *pmd = &m->pmd[p.pgd][p.pud][p.pmd];
	u64 need[3] = { !*pgd, !*pud, level == 3 && !pmd->table };

	if (level == 3 && pmd->block)
		return false;
	for (u32 i = 0; i < 3; i++)
		if (need[i] > m->left[i])
			return false;
	for (u32 i = 0; i < 3; i++)
		m->left[i] -= need[i];
	*pgd = *pud = true;
	if (level == 2) {
		*pmd = (struct model_pmd){ .block = true, .entry = pte };
	} else {
		if (!pmd->table)
			*pmd = (struct model_pmd){ .table = true };
		pmd->pte[p.pte] = pte;
	}
	return true;
}

static u64 model_entry(const struct model *m, struct place p)
{
	const struct model_pmd *pmd = &m->pmd[p.pgd][p.pud][p.pmd];

	return pmd->block ? pmd->entry : pmd->table ? pmd->pte[p.pte] : 0;
}

static void compare(const struct model *m)
{
	static const u32 cursors[] = { F_NPT_pt_pgd_next, F_NPT_pt_pud_next, F_NPT_pt_pmd_next };
	const u64 ends[] = { pud_start(V), pmd_start(V), pool_end(V) };
	struct place p;

	for (u32 i = 0; i < 3; i++)
		assert_true(ends[i] - kit_cell(&t, NPT_ID + V, cursors[i], 0) ==
		            m->left[i] * PAGE_SIZE);
	for (p.pgd = 0; p.pgd < N; p.pgd++)
		for (p.pud = 0; p.pud < N; p.pud++)
			for (p.pmd = 0; p.pmd < N; p.pmd++)
				for (p.pte = 0; p.pte < N; p.pte++) {
					struct kit_pte e = kit_walk(&t, V, addr_of(p));
					u64 want = model_entry(m, p);

					assert_true(e.pte == want);
					if (phys_page(want) == 0)
						assert_int_equal(e.level, 0);
					else
						assert_int_equal(
							e.level,
							m->pmd[p.pgd][p.pud][p.pmd].block ? 2 : 3);
				}
}

/* What the hypervisor reads at one address is what a walk that shares nothing with it finds. */
static void compare_walks(struct place p)
{
	struct kit_pte e = kit_walk(&t, V, addr_of(p));

	assert_true(OK(walk_s2pt, V, addr_of(p)) == e.pte);
	assert_int_equal(OK(get_level_s2pt, V, addr_of(p)), e.level);
}

static u64 set_cursors(struct cpu *c, const u64 *k)
{
	acquire_lock_pt(c, V);
	set_pgd_next(c, V, pud_start(V) - k[0] * PAGE_SIZE);
	set_pud_next(c, V, pmd_start(V) - k[1] * PAGE_SIZE);
	set_pmd_next(c, V, pool_end(V) - k[2] * PAGE_SIZE);
	release_lock_pt(c, V);
	return 0;
}

struct step {
	u64 addr, level, pte;
};

static void step(struct cpu *c, void *arg)
{
	const struct step *s = arg;

	map_s2pt(c, V, s->addr, (u32)s->level, s->pte);
}

static struct place random_place(struct rng *r)
{
	return (struct place){ (u32)rng_below(r, N), (u32)rng_below(r, N), (u32)rng_below(r, N),
		               (u32)rng_below(r, N) };
}

static void one_run(struct rng *r, u64 halts[2])
{
	struct model m = { .left = { rng_below(r, 6), rng_below(r, 16), rng_below(r, 60) } };

	test_machine_boot(&t, 1, NULL);
	kit_ok(&t, 0, set_cursors, "set_cursors", m.left);
	for (u32 i = 0; i < STEPS; i++) {
		struct place p = random_place(r);
		struct step s = { .addr = addr_of(p) + rng_below(r, PAGE_SIZE),
			          .level = rng_below(r, 12) ? 3 : 2 };
		enum outcome how;
		bool goes_on;

		s.pte = rng_below(r, 8) ? rng_next(r) | 1 : PAGE_GUEST;
		if (s.level == 2)
			s.pte &= ~2ull;
		goes_on = model_map(&m, p, s.level, s.pte);
		how = cpu_call(&t.m->cpu[0], step, &s);
		assert_int_equal(how, goes_on ? OUT_OK : OUT_PANIC);
		halts[goes_on]++;
		if (!goes_on) {
			assert_true(kit_held(&t) == 1ull << (NPT_ID + V));
			break;
		}
		compare(&m);
		compare_walks(p);
		compare_walks(random_place(r));
	}
	kit_judge(&t);
	test_machine_free(&t);
}

static void tables_are_maps(void **state)
{
	struct rng r = { .s = test_seed(20) };
	u64 halts[2] = { 0, 0 };

	(void)state;
	for (u32 i = 0; i < RUNS; i++)
		one_run(&r, halts);
	assert_true(halts[0] > RUNS / 4 && halts[1] > 3 * RUNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
