// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of MmioOps' and the encrypted operations, each guard of spec/31 and of spec/32 4.4.  SMMU 1's context 2 is bank 10, whose
 * root is at 0x24000.  Frame 0x210's record is the host's, gfn 0x3b9acc10.
 */
#include "tests/kit.h"
#include "tests/kit_spec.h"

enum { INFO3 = INFO_ID + 3, BANK = 10 };

static struct kit_spec k;

static int setup(void **state)
{
	(void)state;
	kit_spec_new(&k);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_spec_free(&k);
	return 0;
}

static void owner(u64 vmid)
{
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, BANK, vmid);
}

/* 31 7.3 */
static void alloc(void **state)
{
	(void)state;
	EFFECT(&k, el2_alloc_smmu_pgd, "-: stuck", 8, 3, 1);
	EFFECT(&k, el2_alloc_smmu_pgd, "-: stuck", 2, 3, 2);
	EFFECT(&k, el2_alloc_smmu_pgd, "-: stuck", 2, 17, 1);
	EFFECT(&k, el2_alloc_smmu_pgd, "SPT SMMU INFO:3: bank a ffffffff>3", 2, 3, 1);
	/* nobody asks for the state of the host */
	EFFECT(&k, el2_alloc_smmu_pgd, "SPT SMMU: bank a ffffffff>0", 2, 0, 1);
	/* what is there of an owner before: as published the first GiB alone is emptied */
	kit_spec_spt(&k, 1, 2, 5, 0x210007);
	kit_spec_spt(&k, 1, 2, 6, 0x211007);
	kit_spec_spt(&k, 1, 2, 0x40005, 0x212007);
	EFFECT(&k, el2_alloc_smmu_pgd,
	       "SPT SMMU INFO:3: bank a ffffffff>3; spt_leaf a 0+40000 ->- (2); "
	       "link SPT 24000 0>0",
	       2, 3, 1);
	kit_spec_side(&k, ERRATUM_SMMU_PT_CLEAR, false);
	EFFECT(&k, el2_alloc_smmu_pgd,
	       "SPT SMMU INFO:3: bank a ffffffff>3; spt_leaf a 0+10000000 ->- (3); "
	       "link SPT 24000+400 0>0 (2)",
	       2, 3, 1);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, el2_alloc_smmu_pgd, "SMMU INFO:3: halts, keeps SMMU INFO:3", 2, 3, 1);
	kit_spec_state(&k, 3, POWEROFF);
	EFFECT(&k, el2_alloc_smmu_pgd,
	       "SPT SMMU INFO:3: bank a ffffffff>3; spt_leaf a 0+10000000 ->- (3); "
	       "link SPT 24000+400 0>0 (2)",
	       2, 3, 1);
	kit_spec_side(&k, ERRATUM_SMMU_ALLOC_OFF, false);
	EFFECT(&k, el2_alloc_smmu_pgd, "SMMU INFO:3: halts, keeps SMMU INFO:3", 2, 3, 1);
	owner(3);
	EFFECT(&k, el2_alloc_smmu_pgd, "SMMU: nothing", 2, 3, 1);
	k.fixed.smmu.smmu_dev_context_banks[1] = 2;
	EFFECT(&k, el2_alloc_smmu_pgd, "-: halts, keeps SMMU", 2, 3, 1);
}

/* 31 7.2: what it knows of the owner's state is what the operation inside it gave */
static void free_bank(void **state)
{
	static struct op_nested off = { .op = OP_get_vm_poweron, .arg = { 3 } };

	(void)state;
	EFFECT(&k, el2_free_smmu_pgd, "-: stuck", 8, 1);
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: nothing", 2, 1);
	owner(17);
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: stuck", 2, 1);
	owner(3);
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: inside 0 not get_vm_poweron", 2, 1);
	k.abs.nested = &off;
	k.abs.n_nested = 1;
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: bank a 3>ffffffff; inside 1", 2, 1);
	kit_spec_spt(&k, 1, 2, 5, 0x210007);
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: bank a 3>ffffffff; inside 1", 2, 1);
	kit_spec_side(&k, ERRATUM_DEAD_VM_ENTRIES, false);
	EFFECT(&k, el2_free_smmu_pgd,
	       "SPT SMMU: bank a 3>ffffffff; spt_leaf a 0+40000 ->- (1); link SPT 24000 0>0; "
	       "inside 1",
	       2, 1);
	off.result = 1;
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: halts, keeps SMMU; inside 1", 2, 1);
	/* another VM's state */
	owner(4);
	EFFECT(&k, el2_free_smmu_pgd, "SMMU: inside 0 not get_vm_poweron", 2, 1);
}

static void banks_of(void **state)
{
	(void)state;
	EFFECT(&k, get_vm_banks, "-: stuck", 17);
	EFFECT(&k, get_vm_banks, "SMMU: gives 0", 3);
	owner(3);
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, 0, 3);
	EFFECT(&k, get_vm_banks, "SMMU: gives 2", 3);
	EFFECT(&k, get_vm_banks, "SMMU: gives 0", 4);
}

/* 31 7.4 */
static void assign(void **state)
{
	(void)state;
	EFFECT(&k, smmu_assign_page, "-: stuck", 8, 1, 0x210, 5);
	EFFECT(&k, smmu_assign_page, "-: stuck", 2, 1, 1ull << 28, 5);
	EFFECT(&k, smmu_assign_page, "-: stuck", 2, 1, 0x210, 1ull << 36);
	EFFECT(&k, smmu_assign_page, "SMMU: nothing", 2, 1, 0x210, 5);
	owner(0);
	EFFECT(&k, smmu_assign_page, "SMMU: nothing", 2, 1, 0x210, 5);
	owner(3);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, smmu_assign_page,
	       "S2PAGE SMMU NPT:0 INFO:3: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 0/0/3b9acc10>3/ffffffff/5",
	       2, 1, 0x210, 5);
	EFFECT(&k, smmu_assign_page, "S2PAGE SMMU INFO:3: halts, keeps S2PAGE SMMU INFO:3", 2, 1,
	       0x100, 5);
	kit_spec_page(&k, 0x211, 0, 1, 0x3b9acc11);
	EFFECT(&k, smmu_assign_page, "S2PAGE SMMU INFO:3: halts, keeps S2PAGE SMMU INFO:3", 2, 1,
	       0x211, 5);
	/* the VM's own: also at another gfn */
	kit_spec_page(&k, 0x211, 3, 0, 0x80000);
	EFFECT(&k, smmu_assign_page, "S2PAGE SMMU INFO:3: nothing", 2, 1, 0x211, 5);
	kit_spec_map(&k, 0, 0x40000, 2, 0x40000ffd);
	EFFECT(&k, smmu_assign_page,
	       "S2PAGE SMMU NPT:0 INFO:3: halts, keeps S2PAGE SMMU NPT:0 INFO:3", 2, 1, 0x40010, 5);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, smmu_assign_page, "SMMU INFO:3: halts, keeps SMMU INFO:3", 2, 1, 0x210, 5);
}

/* 31 7.5, 5.3 */
static void map(void **state)
{
	(void)state;
	EFFECT(&k, smmu_map_page, "-: stuck", 8, 1, 0x5000, 0x210007);
	EFFECT(&k, smmu_map_page, "-: stuck", 2, 1, 1ull << 40, 0x210007);
	EFFECT(&k, smmu_map_page, "SMMU: nothing", 2, 1, 0x5000, 0x210007);
	owner(3);
	EFFECT(&k, smmu_map_page, "S2PAGE SMMU INFO:3: halts, keeps S2PAGE SMMU INFO:3", 2, 1,
	       0x5000, 0x210007);
	kit_spec_page(&k, 0x210, 3, INVALID, 5);
	EFFECT(&k, smmu_map_page,
	       "S2PAGE SPT SMMU INFO:3: link SPT 24000 0>110003; "
	       "cursor SPT spt_pgd_next 110000>111000; link SPT 110000 0>210003; "
	       "cursor SPT spt_pmd_next 210000>211000; spt_leaf a 5 ->3:210:210007",
	       2, 1, 0x5000, 0x210007);
	EFFECT(&k, smmu_map_page, "S2PAGE SMMU INFO:3: halts, keeps S2PAGE SMMU INFO:3", 2, 1,
	       0x6000, 0x210007);
	kit_spec_set(&k, SPT_ID, F_SPT_spt_pmd_next, 0, SMMU_POOL_END);
	EFFECT(&k, smmu_map_page, "S2PAGE SPT SMMU INFO:3: halts, keeps S2PAGE SPT SMMU INFO:3", 2,
	       1, 0x5000, 0x210007);
	/* the host's, with an address that a device can say */
	owner(0);
	kit_spec_set(&k, SPT_ID, F_SPT_spt_pmd_next, 0, SMMU_PMD_START);
	kit_spec_spt(&k, 1, 2, 6, 0x211007);
	kit_spec_page(&k, 0x210, 0, 15, 5);
	EFFECT(&k, smmu_map_page,
	       "S2PAGE SPT SMMU: spt_leaf a 5 ->3:210:210007; page 210 0/f/5>0/10/5", 2, 1, 0x5000,
	       0x210007);
	kit_spec_page(&k, 0x210, 0, 16, 5);
	EFFECT(&k, smmu_map_page, "S2PAGE SPT SMMU: spt_leaf a 5 ->3:210:210007", 2, 1, 0x5000,
	       0x210007);
	owner(3);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, smmu_map_page, "SMMU INFO:3: halts, keeps SMMU INFO:3", 2, 1, 0x5000, 0x210007);
}

/* 31 7.7, 7.6 */
static void clear(void **state)
{
	(void)state;
	EFFECT(&k, el2_arm_lpae_clear, "-: stuck", 1ull << 40, 2, 1);
	EFFECT(&k, el2_arm_lpae_clear, "-: stuck", 0x5000, 2, 2);
	EFFECT(&k, el2_arm_lpae_iova_to_phys, "-: stuck", 1ull << 40, 2, 1);
	EFFECT(&k, el2_arm_lpae_clear, "SMMU: nothing", 0x5000, 2, 1);
	owner(3);
	EFFECT(&k, el2_arm_lpae_clear, "S2PAGE SPT SMMU INFO:3: nothing", 0x5000, 2, 1);
	EFFECT(&k, el2_arm_lpae_iova_to_phys, "SPT: gives 8", 0x5008, 2, 1);
	kit_spec_spt(&k, 1, 2, 5, 0x210007);
	EFFECT(&k, el2_arm_lpae_iova_to_phys, "SPT: gives 210008", 0x5008, 2, 1);
	kit_spec_page(&k, 0x210, 3, INVALID, 5);
	EFFECT(&k, el2_arm_lpae_clear, "S2PAGE SPT SMMU INFO:3: spt_leaf a 5 3:210:210007>-",
	       0x5000, 2, 1);
	kit_spec_page(&k, 0x210, 0, 2, 5);
	EFFECT(&k, el2_arm_lpae_clear,
	       "S2PAGE SPT SMMU INFO:3: spt_leaf a 5 3:210:210007>-; page 210 0/2/5>0/1/5", 0x5000,
	       2, 1);
	/* as published a VM that is off, whose page is the host's again, loses the mapping, and the page a count */
	kit_spec_state(&k, 3, POWEROFF);
	EFFECT(&k, el2_arm_lpae_clear,
	       "S2PAGE SPT SMMU INFO:3: spt_leaf a 5 3:210:210007>-; page 210 0/2/5>0/1/5", 0x5000,
	       2, 1);
	kit_spec_side(&k, ERRATUM_SMMU_CLEAR_OFF, false);
	EFFECT(&k, el2_arm_lpae_clear, "SMMU INFO:3: halts, keeps SMMU INFO:3", 0x5000, 2, 1);
	kit_spec_side(&k, ERRATUM_SMMU_CLEAR_OFF, true);
	kit_spec_state(&k, 3, VERIFIED);
	EFFECT(&k, el2_arm_lpae_clear, "SMMU INFO:3: halts, keeps SMMU INFO:3", 0x5000, 2, 1);
}

/* 32 4.4 */
static void crypt(void **state)
{
	(void)state;
	EFFECT(&k, load_encrypted_vcpu, "-: stuck", 3, 8);
	EFFECT(&k, load_encrypted_vcpu, "INFO:3: halts, keeps INFO:3", 3, 1);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, load_encrypted_vcpu, "INFO:3: halts, keeps INFO:3", 3, 1);
	kit_spec_set(&k, INFO3, F_INFO_vm_vcpu_state, 1, READY);
	EFFECT(&k, load_encrypted_vcpu,
	       "INFO:3: vm 3 vm_next_load_info[0] 0>1; take data 3 any; reg 3.1 any", 3, 1);
	kit_spec_side(&k, ERRATUM_SET_VM_INC_EXE, false);
	kit_spec_side(&k, ERRATUM_DECRYPT_ORACLE, false);
	EFFECT(&k, load_encrypted_vcpu,
	       "INFO:3: vm 3 vm_inc_exe[0] 0>1; take data 0 any; reg 3.1 any", 3, 1);
}

static void buffers(void **state)
{
	(void)state;
	EFFECT(&k, save_encrypt_buf, "-: stuck", 3, 1ull << 48, 0x210000);
	EFFECT(&k, load_decrypt_buf, "-: stuck", 3, 1ull << 40);
	EFFECT(&k, save_encrypt_buf, "S2PAGE: halts, keeps S2PAGE", 3, 0x211000, 0x210000);
	kit_spec_page(&k, 0x211, 3, 0, 0x80000);
	EFFECT(&k, save_encrypt_buf, "S2PAGE: flat 210000=OUT; take data 0", 3, 0x211000, 0x210000);
	EFFECT(&k, save_encrypt_buf, "S2PAGE: halts, keeps S2PAGE", 3, 0x211000, 0x211000);
	EFFECT(&k, load_decrypt_buf, "INFO:3: halts, keeps INFO:3", 3, 0x210000);
	kit_spec_state(&k, 3, READY);
	EFFECT(&k, load_decrypt_buf,
	       "S2PAGE NPT:0 INFO:3: page 210 0/0/3b9acc10>3/0/ffffffffffffffff; "
	       "flat 210000=OUT; take data 0",
	       3, 0x210000);
	EFFECT(&k, load_decrypt_buf, "S2PAGE INFO:3: halts, keeps S2PAGE INFO:3", 3, 0x211000);
	/* one above 2^28 bytes has, as published, no frame of that number */
	kit_spec_page(&k, 0x40001, 3, 0, 0x80001);
	EFFECT(&k, save_encrypt_buf, "S2PAGE: stuck", 3, 0x40001000, 0x210000);
	EFFECT(&k, load_decrypt_buf, "S2PAGE NPT:0 INFO:3: stuck", 3, 0x40000000);
	kit_spec_side(&k, ERRATUM_MEM_BUF_PFN, false);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	EFFECT(&k, save_encrypt_buf, "S2PAGE: flat 210=OUT; take data 0", 3, 0x211000, 0x210000);
	EFFECT(&k, load_decrypt_buf,
	       "S2PAGE NPT:0 INFO:3: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 0/0/3b9acc10>3/0/ffffffffffffffff; flat 210=OUT; take data 0",
	       3, 0x210000);
	kit_spec_page(&k, 0x210, 0, 1, 0x3b9acc10);
	EFFECT(&k, load_decrypt_buf,
	       "S2PAGE NPT:0 INFO:3: leaf 0 210 3:210:210fff>0:0:200000000000000; "
	       "page 210 0/1/3b9acc10>3/0/ffffffffffffffff; flat 210=OUT; take data 0",
	       3, 0x210000);
	kit_spec_side(&k, ERRATUM_DECRYPT_BUF_COUNT, false);
	EFFECT(&k, load_decrypt_buf, "S2PAGE INFO:3: halts, keeps S2PAGE INFO:3", 3, 0x210000);
	kit_spec_page(&k, 0x210, 0, 0, 0x3b9acc10);
	kit_spec_map(&k, 0, 0x40000, 2, 0x40000ffd);
	EFFECT(&k, load_decrypt_buf, "S2PAGE NPT:0 INFO:3: halts, keeps S2PAGE NPT:0 INFO:3", 3,
	       0x40000000);
}

static void every_way(void **state)
{
	(void)state;
	KIT_BRANCHES(OP_el2_arm_lpae_iova_to_phys, OP_smmu_assign_page, OP_el2_free_smmu_pgd,
	             OP_el2_alloc_smmu_pgd, OP_smmu_map_page, OP_el2_arm_lpae_clear,
	             OP_get_vm_banks, OP_load_encrypted_vcpu, OP_save_encrypt_buf,
	             OP_load_decrypt_buf);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(alloc),  ROW(banks_of), ROW(free_bank),
		ROW(assign), ROW(map),      ROW(clear),
		ROW(crypt),  ROW(buffers),  cmocka_unit_test(every_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
