// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the atomic operations change, read from the log of a booted machine: the writes that the specification's pages have for each.
 * Frame 0x210 is the host's (its gfn 0x3b9acc10), 0x100 a device's, 0x3b9aca00 SMMU_HOST_OFFSET.
 */
#include "oracle/data.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/vm_power.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"
#include "tests/kit_world.h"

#include <stdio.h>
#include <string.h>

static struct test_machine t;
static u64 seen;

KIT_VOID(map_page_host, k[0])
KIT_VOID(clear_vm_page, (u32)k[0], k[1])
KIT_VOID(assign_pfn_to_vm, (u32)k[0], k[1], k[2])
KIT_VOID(map_pfn_vm, (u32)k[0], k[1], k[2], (u32)k[3])
KIT_VOID(grant_vm_page, (u32)k[0], k[1])
KIT_VOID(revoke_vm_page, (u32)k[0], k[1])
KIT_VOID(set_vm_poweroff, (u32)k[0])
KIT_VALUE(register_kvm)
KIT_VALUE(set_boot_info, (u32)k[0], k[1], k[2])
KIT_VOID(el2_alloc_smmu_pgd, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(smmu_assign_page, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(smmu_map_page, (u32)k[0], (u32)k[1], k[2], k[3])
KIT_VOID(el2_arm_lpae_clear, k[0], (u32)k[1], (u32)k[2])

static int setup(void **state)
{
	(void)state;
	seen = 0;
	test_machine_boot(&t, 1, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_machine_free(&t);
	return 0;
}

/* A push: its changes at the end of @text, if it is not one of the first @seen. */
static void take(struct world *w, const struct event *e, u64 *n, char *text, size_t size)
{
	size_t at = strlen(text);

	kit_push(w, e->lk, e->diffs, e->n);
	if (e->n == 0 || (*n)++ < seen)
		return;
	if (at)
		at += (size_t)snprintf(text + at, size - at, " | ");
	kit_changes(w, text + at, size - at);
}

/* Since the last call pushes had the changes @want, " | " between two pushes. */
static void expect(const char *want)
{
	struct world *w = world_new(&t.config, WORLD_INDEX);
	struct merge *m = merge_open_memory(log_in_memory(t.log));
	struct event e[SOURCE_BATCH];
	char have[2048] = "";
	struct err err;
	u64 pushes = 0;
	u32 n;

	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++)
			if (event_is_push(e[i].kind))
				take(w, &e[i], &pushes, have, sizeof(have));
	} while (n > 0);
	seen = pushes;
	merge_free(m);
	world_free(w);
	if (strcmp(have, want) != 0)
		fail_msg("changes\n%s\nexpected\n%s", have, want);
}

/* The first value of the data oracle for VM 3, @n-th. */
static const char *drawn(u64 n, char *buf, size_t size)
{
	struct data_oracle d = log_config_oracle(&t.config, doracle);

	snprintf(buf, size, "%llx", (unsigned long long)data_oracle_value(&d, 3, n));
	return buf;
}

/* map_page_host, assign, grant, revoke, clear.  [spec/30 6.1 to 6.7] */
static void pages(void **state)
{
	char want[512], value[32], next[32];

	(void)state;
	OK(map_page_host, 0x210005);
	expect("leaf 0 210 ->3:210:210fff; link NPT:0 10000 0>11003; link NPT:0 11000 0>111003; "
	       "link NPT:0 111008 0>911003; cursor NPT:0 pt_pgd_next 11000>12000; "
	       "cursor NPT:0 pt_pud_next 111000>112000; cursor NPT:0 pt_pmd_next 911000>912000");
	OK(map_page_host, 0x211000);
	expect("leaf 0 211 ->3:211:211fff");
	OK(map_page_host, 0x211000);
	expect("");
	OK(assign_pfn_to_vm, 3, 0x80010, 0x210);
	snprintf(want, sizeof(want),
	         "leaf 0 210 3:210:210fff>0:0:200000000000000 | flat 210 0>%s | "
	         "page 210 0/0/3b9acc10>3/0/80010",
	         drawn(0, value, sizeof(value)));
	expect(want);
	OK(grant_vm_page, 3, 0x210);
	expect("page 210 3/0/80010>3/1/80010");
	OK(map_page_host, 0x210000);
	expect("leaf 0 210 0:0:200000000000000>3:210:210fff");
	OK(revoke_vm_page, 3, 0x210);
	snprintf(want, sizeof(want),
	         "leaf 0 210 3:210:210fff>0:0:200000000000000 | flat 210 %s>%s | "
	         "page 210 3/1/80010>3/0/80010",
	         value, drawn(1, next, sizeof(next)));
	expect(want);
	OK(clear_vm_page, 3, 0x210);
	snprintf(want, sizeof(want), "flat 210 %s>0 | page 210 3/0/80010>0/0/3b9acc10", next);
	expect(want);
	/* another VM's */
	OK(clear_vm_page, 4, 0x210);
	expect("");
}

/* map_pfn_vm: a page, a block, a block over a table.  [spec/30 4, 6.4] */
static void maps(void **state)
{
	(void)state;
	OK(map_pfn_vm, 3, 0x80010000, 0x210fff, 3);
	expect("leaf 3 80010 ->3:210:210fff; link NPT:3 6010000 0>6011003; "
	       "link NPT:3 6011010 0>6111003; link NPT:3 6111000 0>6911003; "
	       "cursor NPT:3 pt_pgd_next 6011000>6012000; "
	       "cursor NPT:3 pt_pud_next 6111000>6112000; cursor NPT:3 pt_pmd_next "
	       "6911000>6912000");
	OK(map_pfn_vm, 3, 0x80200000, 0x40000000, 2);
	expect("leaf 3 80200+200 ->2:40000:40000ffd");
	OK(map_pfn_vm, 3, 0x80000000, 0x200000, 2);
	expect("leaf 3 80000+10 ->2:200:200ffd; leaf 3 80010 3:210:210fff>2:210:200ffd; "
	       "leaf 3 80011+1ef ->2:211:200ffd; link NPT:3 6111000 6911003>200ffd");
}

/* Records of VMs and the core's data.  [spec/32; spec/30 5.4] */
static void vms(void **state)
{
	(void)state;
	/* the machine's parameter get_shared_kvm(1) is 2 */
	OK(register_kvm);
	expect("core next_vmid 1>2 | vm 1 vm_kvm[0] 0>2; vm 1 vm_state[0] 0>2");
	OK(set_boot_info, 1, 0x80000000, 0x2001);
	expect("core next_remap_ptr 2000000>2003000 | vm 1 vm_next_load_info[0] 0>1; "
	       "vm 1 vm_load_addr[0] 0>80000000; vm 1 vm_load_size[0] 0>2001; "
	       "vm 1 vm_remap_addr[0] 0>2000000");
	OK(set_vm_poweroff, 1);
	expect("vm 1 vm_state[0] 2>4");
}

/* Context banks: SMMU 1, context 2 is bank 10; attributes of entries as published.  [spec/31 7.3 to 7.7] */
static void banks(void **state)
{
	(void)state;
	OK(el2_alloc_smmu_pgd, 2, 3, 1);
	expect("bank a ffffffff>3");
	OK(smmu_assign_page, 2, 1, 0x211, 0x48123);
	expect("page 211 0/0/3b9acc11>3/ffffffff/48123");
	OK(smmu_map_page, 2, 1, 0x48123000, 0x211440);
	expect("spt_leaf a 48123 ->3:211:211440; link SPT 24008 0>110003; "
	       "link SPT 110200 0>210003; cursor SPT spt_pgd_next 110000>111000; "
	       "cursor SPT spt_pmd_next 210000>211000");
	OK(el2_arm_lpae_clear, 0x48123000, 2, 1);
	expect("spt_leaf a 48123 3:211:211440>-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages, setup, teardown),
		cmocka_unit_test_setup_teardown(maps, setup, teardown),
		cmocka_unit_test_setup_teardown(vms, setup, teardown),
		cmocka_unit_test_setup_teardown(banks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
