// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several CPUs at once on the pages of several VMs, in ways that the hypervisor allows: nothing is stuck, nothing halts, no
 * check finds anything, and each page is the host's or its VM's in the end.
 */
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/vm_power.h"
#include "tests/kit.h"
#include "tests/kit_hyp.h"
#include "tests/kit_players.h"

enum { CPUS = 4, OPS = 3000, VMS = 3, PAGES = 8, FIRST_PFN = 600, FIRST_GFN = 0x100, OFF = 9 };

enum { ASSIGN, GO_BACK, GRANT, REVOKE, HOST, SHARED, DEVICE, LOOK, RECLAIM, KINDS };

static struct test_machine t;

/* Page @i of VM @v, of which the last is shared with the host all the time. */
static u64 pfn_of(vmid_t v, u64 i)
{
	return FIRST_PFN + (v - 1) * PAGES + i;
}

static void one(struct cpu *c, void *arg)
{
	struct rng *r = arg;
	const vmid_t v = 1 + (u32)rng_below(r, VMS);
	const u64 i = rng_below(r, PAGES - 1), gpa = (FIRST_GFN + i) * PAGE_SIZE;

	switch (rng_below(r, KINDS)) {
	case ASSIGN:
		assign_pfn_to_vm(c, v, gpa / PAGE_SIZE, pfn_of(v, i));
		map_pfn_vm(c, v, gpa, pfn_of(v, i) * PAGE_SIZE, 3);
		break;
	case GO_BACK:
		clear_vm_page(c, v, pfn_of(v, i));
		break;
	case GRANT:
		grant_vm_page(c, v, pfn_of(v, i));
		break;
	case REVOKE:
		revoke_vm_page(c, v, pfn_of(v, i));
		break;
	case HOST:
		map_page_host(c, (700 + i) * PAGE_SIZE);
		break;
	case SHARED:
		map_page_host(c, pfn_of(v, PAGES - 1) * PAGE_SIZE);
		break;
	case DEVICE:
		map_vm_io(c, v, gpa + (1 << 30), i * PAGE_SIZE);
		break;
	case LOOK:
		walk_s2pt(c, v, gpa);
		get_level_s2pt(c, v, gpa);
		break;
	default:
		if (get_vm_poweron(c, OFF) == 0)
			clear_vm_page(c, OFF, pfn_of(v, i));
		break;
	}
}

static bool more(u32 n)
{
	return n < OPS;
}

static void pages_are_somebodys(void)
{
	for (vmid_t v = 1; v <= VMS; v++) {
		for (u64 i = 0; i < PAGES; i++) {
			u64 pfn = pfn_of(v, i);
			struct kit_page p = kit_page(&t, pfn);
			struct kit_pte host = kit_walk(&t, 0, pfn * PAGE_SIZE);

			if (p.owner == 0)
				assert_true(p.count == 0 && p.gfn == pfn + 1000000000);
			else
				assert_true(p.owner == v && p.count <= MAX_SHARE_COUNT &&
				            p.gfn == FIRST_GFN + i);
			assert_int_equal(host.pfn, i == PAGES - 1 ? pfn : 0);
		}
	}
}

static void storm(void **state)
{
	const struct players p = { one, more };
	u64 seed = test_seed(1);

	(void)state;
	test_machine_boot(&t, CPUS, NULL);
	kit_set_state(&t, OFF, POWEROFF);
	for (vmid_t v = 1; v <= VMS; v++)
		kit_set_page(&t, pfn_of(v, PAGES - 1), v, 1, FIRST_GFN + PAGES - 1);
	kit_play(&t, &p, seed);
	pages_are_somebodys();
	kit_judge(&t);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(storm) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
