// SPDX-License-Identifier: GPL-2.0-only
/*
 * The step of emulate_mmio, each register of spec/31 section 6.  SMMU 0's registers are at 0x100000, SMMU 1's at 0x110000.  The
 * instruction is at 0x4000, x5 of the host holds what is stored.
 */
#include "tests/kit.h"
#include "tests/kit_spec.h"

enum {
	SIZE4 = 2 << 22,
	SIZE8 = 3 << 22,
	STORE = 64,
	X5 = 5 << 16,
	X31 = 31 << 16,
	BASE = 0x100000
};

static struct kit_spec k;

static int setup(void **state)
{
	(void)state;
	kit_spec_new(&k);
	k.regs.r[R_elr_el2] = 0x4000;
	k.abs.vcpuid = 2;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_spec_free(&k);
	return 0;
}

#define SKIP "reg esr_el2=4004"

/* A store of 8 bytes at an offset of SMMU 0. */
static void store(u64 offset, u64 data, const char *want)
{
	k.saved.r[R_x5] = data;
	EFFECT(&k, emulate_mmio, want, BASE + offset, SIZE8 | STORE | X5);
}

static void loads(void **state)
{
	(void)state;
	EFFECT(&k, emulate_mmio, "-: stuck", 1ull << 48, SIZE8);
	EFFECT(&k, emulate_mmio, "-: gives ffffffff", 0x210000, SIZE8);
	EFFECT(&k, emulate_mmio, "-: take data 0; reg 0.2 x5=OUT; " SKIP "; gives 0", BASE,
	       SIZE8 | X5);
	EFFECT(&k, emulate_mmio, "-: take data 0; reg 0.2 x5=OUT&ffffffff; " SKIP "; gives 1",
	       BASE + 0x10000, SIZE4 | X5);
	EFFECT(&k, emulate_mmio, "-: take data 0; " SKIP "; gives 0", BASE, SIZE8 | X31);
	EFFECT(&k, emulate_mmio, "-: halts, keeps SMMU", BASE, X5);
	kit_spec_side(&k, ERRATUM_HOST_SKIP_INSTR, false);
	EFFECT(&k, emulate_mmio, "-: take data 0; reg elr_el2=4004; gives 0", BASE, SIZE8 | X31);
	kit_spec_side(&k, ERRATUM_SMMU_NUM, true);
	EFFECT(&k, emulate_mmio, "-: stuck", BASE, SIZE8);
}

static void global_registers(void **state)
{
	(void)state;
	store(0, 1 << 21, "-: " SKIP "; device 100000=200000/8; gives 0");
	store(0, 1 << 20, "-: halts, keeps SMMU");
	store(8, 0x100, "-: " SKIP "; device 100008=100/8; gives 0");
	store(8, 0x101, "-: halts, keeps SMMU");
	store(4, 7, "-: " SKIP "; device 100004=7/8; gives 0");
	store(6144, 7, "-: " SKIP "; device 101800=7/8; gives 0");
	/* 4 bytes: as published 0, whatever is stored */
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 100004=0/4; gives 0", BASE + 4,
	       SIZE4 | STORE | X5);
	kit_spec_side(&k, ERRATUM_SMMU_WRITE32, false);
	k.saved.r[R_x5] = 0x123456789;
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 100004=23456789/4; gives 0", BASE + 4,
	       SIZE4 | STORE | X5);
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 100004=0/4; gives 0", BASE + 4,
	       SIZE4 | STORE | X31);
	EFFECT(&k, emulate_mmio, "-: halts, keeps SMMU", BASE + 4, STORE | X5);
	/* the offset in the page comes from far_el2 */
	k.regs.r[R_far_el2] = 0xabc008;
	EFFECT(&k, emulate_mmio, "-: halts, keeps SMMU", BASE, SIZE8 | STORE | X5);
}

static void owners(u64 bank, u64 vmid)
{
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, bank, vmid);
}

/* CBARs: bank n's is at 4096 + 4 n. */
static void cbars(void **state)
{
	(void)state;
	owners(3, 0);
	store(4096 + 12, 0xdead, "SMMU: " SKIP "; device 10100c=dead/8; gives 0");
	owners(3, 4);
	store(4096 + 12, 4, "SMMU: " SKIP "; device 10100c=4/8; gives 0");
	store(4096 + 12, 0xff04, "SMMU: " SKIP "; device 10100c=ff04/8; gives 0");
	store(4096 + 12, 5, "SMMU: halts, keeps SMMU");
	store(4096 + 12, 0x10004, "SMMU: halts, keeps SMMU");
	/* no owner, no bank */
	owners(3, INVALID);
	store(4096 + 12, 4, "SMMU: stuck");
	store(4096 + 32, 4, "-: stuck");
	kit_spec_side(&k, ERRATUM_SMMU_GR1, false);
	store(4096 + 12, 4, "SMMU: halts, keeps SMMU");
	store(4096 + 32, 4, "-: halts, keeps SMMU");
	/* bank 0's is at 4096, and as published not looked at */
	owners(0, 4);
	store(4096, 5, "-: " SKIP "; device 101000=5/8; gives 0");
	store(4097, 5, "SMMU: halts, keeps SMMU");
	kit_spec_side(&k, ERRATUM_SMMU_CBAR0, false);
	store(4096, 5, "SMMU: halts, keeps SMMU");
	store(4096, 4, "SMMU: " SKIP "; device 101000=4/8; gives 0");
}

static void bank_registers(void **state)
{
	(void)state;
	store(0x8000 + 0x3020, 7, "-: " SKIP "; device 10b020=16000/8; gives 0");
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 11b020=26000/4; gives 1",
	       BASE + 0x10000 + 0xb020, SIZE4 | STORE | X5);
	store(0x8000 + 52, 7, "-: halts, keeps SMMU");
	store(0x8000 + 36, 7, "-: " SKIP "; device 108024=7/8; gives 0");
}

/* 31/E11: each word that a store reaches. */
static void write_ranges(void **state)
{
	(void)state;
	kit_spec_side(&k, ERRATUM_SMMU_CBAR0, false);
	kit_spec_side(&k, ERRATUM_SMMU_GR1, false);
	kit_spec_side(&k, ERRATUM_SMMU_WRITE32, false);
	owners(1, 0);
	owners(2, 4);
	store(4096 + 4, 5ull << 32, "SMMU: " SKIP "; device 101004=500000000/8; gives 0");
	store(0x8000 + 0x30, 0xabcull << 32, "-: " SKIP "; device 108030=abc00000000/8; gives 0");
	kit_spec_side(&k, ERRATUM_SMMU_WRITE_RANGE, false);
	store(4096 + 4, 5ull << 32, "SMMU: halts, keeps SMMU");
	store(4096 + 4, 4ull << 32 | 0xdead, "SMMU: " SKIP "; device 101004=40000dead/8; gives 0");
	store(0x8000 + 0x30, 0xabcull << 32, "-: halts, keeps SMMU");
	store(0x8000 + 0x38, 7, "-: " SKIP "; device 108038=7/8; gives 0");
	store(0x7ffc, 7, "-: " SKIP "; device 107ffc=7/8; gives 0");
	store(4, 1ull << 32, "-: halts, keeps SMMU");
	/* TTBR0's words are the core's, and nothing goes with them */
	store(0x8000 + 0x3020, 7, "-: " SKIP "; device 10b020=16000/8; gives 0");
	store(0x8000 + 0x301c, 7, "-: halts, keeps SMMU");
	store(0x8000 + 0x3024, 7, "-: halts, keeps SMMU");
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 10b020=16000/4; gives 0", BASE + 0xb020,
	       SIZE4 | STORE | X5);
	EFFECT(&k, emulate_mmio, "-: " SKIP "; device 10b024=0/4; gives 0", BASE + 0xb024,
	       SIZE4 | STORE | X5);
	/* no whole words, and what lies behind the last one */
	EFFECT(&k, emulate_mmio, "-: halts, keeps SMMU", BASE + 0xb022, SIZE4 | STORE | X5);
	store(0xfffc, 7, "-: halts, keeps SMMU");
}

/* Behind the last instruction. */
static void pc_overflow(void **state)
{
	(void)state;
	k.regs.r[R_elr_el2] = ~3ull;
	EFFECT(&k, emulate_mmio, "-: stuck", BASE, SIZE8 | X5);
	kit_spec_side(&k, ERRATUM_PC_OVERFLOW, false);
	EFFECT(&k, emulate_mmio, "-: take data 0; reg 0.2 x5=OUT; reg esr_el2=0; gives 0", BASE,
	       SIZE8 | X5);
}

static void every_way(void **state)
{
	(void)state;
	KIT_BRANCHES(OP_emulate_mmio);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { ROW(loads),
		                            ROW(global_registers),
		                            ROW(cbars),
		                            ROW(bank_registers),
		                            ROW(write_ranges),
		                            ROW(pc_overflow),
		                            cmocka_unit_test(every_way) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
