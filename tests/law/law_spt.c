// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SMMUs' tables are what the layer above them says: a map from (bank, page) to an entry, and for each bank the
 * tables that there are.  A long random history of maps, unmaps, look-ups and clearings, until a pool is used up.
 */
#include "sim/base/rng.h"
#include "sim/hyp/spt_ops.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

#include <stdlib.h>
#include <string.h>

KIT_VOID(init_spt, (u32)k[0], (u32)k[1])
KIT_VALUE(walk_spt, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(map_spt, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VALUE(unmap_spt, (u32)k[0], (u32)k[1], k[2])

enum { BANKS = 16, ROOTS = 64, PMDS = 4, PTES = 4, STEPS = 6000 };

/* How many of each a history knows: few, so that its addresses meet.  In the second the root's tables are the scarce ones. */
static const struct {
	u32 roots, pmds;
} kinds[] = { { 8, PMDS }, { ROOTS, 1 } };

/**
 * struct model - spt_pt, spt_pgd_t, spt_pmd_t and the cursors  [MmioSPTWalkSpec, local_spt_map]
 */
struct model {
	u64 pt[BANKS][ROOTS][PMDS][PTES];
	bool pgd_t[BANKS][ROOTS], pmd_t[BANKS][ROOTS][PMDS];
	u64 pgd_next, pmd_next;
};

struct at {
	u32 bank, r, m, p;
	u64 addr;
};

static struct test_machine t;
static struct model *s;

/* The i-th of @n indices, half of them from the middle of 0..@end - 1 on: a bit that is lost makes two of them one. */
static u64 spread(u64 i, u64 n, u64 end)
{
	return i < n / 2 ? i : end / 2 + i - n / 2;
}

static struct at choose(struct rng *rng, u32 kind)
{
	const u32 roots = kinds[kind].roots, pmds = kinds[kind].pmds;
	struct at a = { .bank = (u32)rng_below(rng, BANKS),
		        .r = (u32)rng_below(rng, roots),
		        .m = (u32)rng_below(rng, pmds),
		        .p = (u32)rng_below(rng, PTES) };

	a.addr = spread(a.r, roots, 1024) << 30 | spread(a.m, pmds, 512) << 21 |
	         spread(a.p, PTES, 512) << 12 | rng_below(rng, 4096);
	return a;
}

/* local_spt_map: false when a pool is used up, and then nothing has changed. */
static bool model_map(const struct at *a, u64 pte)
{
	u64 pgd_next = s->pgd_next + (s->pgd_t[a->bank][a->r] ? 0 : 4096);
	u64 pmd_next = s->pmd_next + (s->pmd_t[a->bank][a->r][a->m] ? 0 : 4096);

	if (pgd_next > 0x210000 || pmd_next > 0x310000)
		return false;
	s->pgd_next = pgd_next;
	s->pmd_next = pmd_next;
	s->pgd_t[a->bank][a->r] = s->pmd_t[a->bank][a->r][a->m] = true;
	s->pt[a->bank][a->r][a->m][a->p] = pte;
	return true;
}

static void model_clear(u32 bank)
{
	memset(s->pt[bank], 0, sizeof(s->pt[bank]));
	memset(s->pgd_t[bank], 0, sizeof(s->pgd_t[bank]));
	memset(s->pmd_t[bank], 0, sizeof(s->pmd_t[bank]));
}

static u64 *model_entry(const struct at *a)
{
	return &s->pt[a->bank][a->r][a->m][a->p];
}

/* One step of both; false: the machine has halted, as the model says. */
static bool step(struct rng *rng, u32 kind)
{
	const struct at a = choose(rng, kind);
	const u32 cb = a.bank % 8, index = a.bank / 8;
	const u64 what = rng_below(rng, 1000), pte = rng_next(rng);

	if (what < 5) {
		OK(init_spt, cb, index);
		model_clear(a.bank);
	} else if (what < 300) {
		assert_true(OK(unmap_spt, cb, index, a.addr) == *model_entry(&a));
		*model_entry(&a) = 0;
	} else if (what < 600) {
		assert_true(OK(walk_spt, cb, index, a.addr) == *model_entry(&a));
	} else if (model_map(&a, pte)) {
		OK(map_spt, cb, index, a.addr, pte);
	} else {
		PANICS(map_spt, cb, index, a.addr, pte);
		return false;
	}
	assert_true(kit_cell(&t, SPT_ID, F_SPT_spt_pgd_next, 0) == s->pgd_next);
	assert_true(kit_cell(&t, SPT_ID, F_SPT_spt_pmd_next, 0) == s->pmd_next);
	return true;
}

static void tables_are_the_map(void **state)
{
	u64 seed = test_seed(1);

	(void)state;
	for (u32 run = 0; run < 20; run++) {
		struct rng rng = { mix_key(seed, run, 0, 0) };
		u32 n = 0;

		test_machine_boot(&t, 1, NULL);
		errata_set(&CPU0->errata, ERRATUM_SMMU_PT_CLEAR, false);
		s = calloc(1, sizeof(*s));
		assert_non_null(s);
		s->pgd_next = 0x110000;
		s->pmd_next = 0x210000;
		while (n < STEPS && step(&rng, run % ARRAY_SIZE(kinds)))
			n++;
		/* Every history ends in a pool that is used up: 256 tables are fewer than the places. */
		assert_in_range(n, 256, STEPS - 1);
		kit_end(&t);
		free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables_are_the_map) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
