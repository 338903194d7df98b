// SPDX-License-Identifier: GPL-2.0-only
/* Several CPUs at once on banks, pages and registers of SMMUs: nothing is stuck, nothing halts, no check finds anything. */
#include "sim/hyp/mmio_ops.h"
#include "tests/kit.h"
#include "tests/kit_players.h"
#include "tests/kit_smmu.h"

KIT_VOID(el2_alloc_smmu_pgd, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(smmu_assign_page, (u32)k[0], (u32)k[1], k[2], k[3])

enum { CPUS = 4, OPS = 3000, FIRST_PFN = 0x40000, PAGES = 16 };

/* Bank b of SMMU 0 is VM 1's, 2's, ... in turn; those of SMMU 1 come and go with VM 9, which is POWEROFF. */
enum { VMS = 3, GOES = 9 };

enum { ASSIGN, MAP, CLEAR, TRANSLATE, ALLOC, FREE, READ, WRITE, NOWHERE, KINDS };

static struct test_machine t;

static vmid_t vm_of(u64 cbndx)
{
	return 1 + (u32)cbndx % VMS;
}

/* A page that only @cbndx's VM asks for, and the I/O page for it. */
static u64 pfn_of(u64 cbndx, u64 i)
{
	return FIRST_PFN + vm_of(cbndx) + VMS * i;
}

static void one(struct cpu *c, void *arg)
{
	struct rng *r = arg;
	const u32 cb = (u32)rng_next(r) % 8;
	const u64 i = rng_next(r) % PAGES, pfn = pfn_of(cb, i), iova = i * 0x40000000;

	switch (rng_next(r) % KINDS) {
	case ASSIGN:
		smmu_assign_page(c, cb, 0, pfn, iova / PAGE_SIZE);
		break;
	case MAP:
		smmu_map_page(c, cb, 0, iova, pfn * PAGE_SIZE | 7);
		break;
	case CLEAR:
		el2_arm_lpae_clear(c, iova, cb, 0);
		break;
	case TRANSLATE:
		el2_arm_lpae_iova_to_phys(c, iova + 5, cb, 0);
		break;
	case ALLOC:
		el2_alloc_smmu_pgd(c, cb, GOES, 1);
		break;
	case FREE:
		el2_free_smmu_pgd(c, cb, 1);
		break;
	case READ:
		emulate_mmio(c, 0x100000 + i * PAGE_SIZE, 3 << 22 | 1 << 16);
		break;
	case WRITE:
		/* Of a register that takes anything. */
		emulate_mmio(c, 0x102000 + cb * PAGE_SIZE, 2 << 22 | 1 << 16 | 64);
		break;
	default:
		emulate_mmio(c, 0x400000, 3 << 22);
		break;
	}
}

static bool more(u32 n)
{
	return n < OPS;
}

static void storm(void **state)
{
	const struct players p = { one, more };
	u64 seed = test_seed(1);

	(void)state;
	test_machine_boot(&t, CPUS, NULL);
	kit_set_state(&t, GOES, POWEROFF);
	for (u64 cb = 0; cb < 8; cb++) {
		OK(el2_alloc_smmu_pgd, cb, vm_of(cb), 0);
		for (u64 i = 0; i < PAGES; i++)
			OK(smmu_assign_page, cb, 0, pfn_of(cb, i), i * 0x40000);
	}
	kit_play(&t, &p, seed);
	kit_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(storm) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
