// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several CPUs at once in the entries of the core: hosts that call, fault and run their own VM's vCPU, guests that trap,
 * share pages and access memory, and one vCPU that goes from CPU to CPU.  Nothing is stuck, nothing halts, no check finds
 * anything; under ThreadSanitizer the contexts, which have no lock, show no race.
 */
#include "cpu/ctxt.h"
#include "cpu/mode.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/user.h"
#include "tests/kit.h"
#include "tests/kit_core.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"
#include "tests/kit_players.h"

KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vm_next_load_idx, (u32)k[0], (u32)k[1])
KIT_VOID(set_vm_load_size, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vm_remap_addr, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(set_shadow_dirty_bit, (u32)k[0], (u32)k[1], k[2])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])

enum { CPUS = 4, ROUNDS = 4000, PAGES = 8, LOW = 512, GFN = 0x80000 };

/* VM 1 + i is CPU i's; this one's vCPU is whose turn it is. */
enum { SHARED = CPUS + 1, READY_VM = CPUS + 2 };

static struct test_machine t;
static u32 turn, turns; /* relaxed: they order nothing */

static u64 page_of(vmid_t v, u64 i)
{
	return LOW + v * PAGES + i;
}

/* A VERIFIED VM whose one image is at every address, with PAGES pages, and vCPU 0. */
static void make_vm(vmid_t v)
{
	kit_set_state(&t, v, VERIFIED);
	OK(acquire_lock_vm, v);
	OK(set_vm_next_load_idx, v, 1);
	OK(set_vm_load_size, v, 0, 1ull << 47);
	OK(set_vm_remap_addr, v, 0, REMAP_START);
	OK(set_vcpu_state, v, 0, READY);
	OK(set_shadow_dirty_bit, v, 0, INVALID64);
	OK(release_lock_vm, v);
	for (u64 i = 0; i < PAGES; i++) {
		kit_set_page(&t, page_of(v, i), v, 0, GFN + i);
		OK(map_s2pt, v, (GFN + i) * 4096, 3, page_of(v, i) * 4096 | PAGE_S2_KERNEL);
	}
}

/* The guest's address of the page. */
static u64 page_at(u64 page)
{
	return (GFN + page) * 4096;
}

static void as_guest(struct cpu *c, struct rng *r)
{
	u64 page = rng_next(r) % PAGES;

	switch (rng_next(r) % 7) {
	case 0:
		kit_trap(c, ESR_ELx_EC_SYS64, 0, page_at(0));
		break;
	case 1:
		kit_trap(c, ESR_ELx_EC_HVC64, HVC_KVM_SET_DESC_PFN, page_at(page));
		break;
	case 2:
		kit_trap(c, ESR_ELx_EC_HVC64, HVC_KVM_UNSET_DESC_PFN, page_at(page));
		break;
	case 3:
		mem_store(c, GFN + page, 3);
		break;
	case 4:
		mem_load(c, GFN + page, 4);
		break;
	case 5:
		kit_trap(c, ESR_ELx_EC_HVC64, PSCI_0_2_FN64_CPU_ON, page_at(0)); /* for the host */
		break;
	default:
		c->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
		vm_exit_handler(c);
	}
}

static void as_host(struct cpu *c, struct rng *r)
{
	u64 n = rng_next(r);

	switch (rng_next(r) % 8) {
	case 0:
		kit_hvc(c, HVC_TIMER_SET_CNTVOFF, 0, 0, 0, 0);
		break;
	case 1:
		kit_hvc(c, HVC_PHYS_ADDR_IOREMAP, READY_VM, n % 64 * 4096, 0x30000000, 4096);
		break;
	case 2:
		kit_hvc(c, HVC_CLEAR_VM_S2_RANGE, 1 + n % CPUS, LOW * 4096, 1 << 20, 0);
		break;
	case 3:
		kit_hvc(c, HVC_SMMU_ALLOC_PGD, n % 8, READY_VM, 1, 0);
		break;
	case 4:
		kit_host_fault(c, n % 2 ? 3 : 2 * LOW - 1 - n % 64);
		break;
	case 5:
		mem_access(c, (enum access_kind)(n % 2), 2 * LOW - 1 - n % 64, 5);
		break;
	default:
		c->regs.r[R_x0] = 1 + c->id;
		host_vcpu_run_handler(c);
	}
}

/* The vCPU that goes round: registers that one CPU leaves in it are what the next one finds. */
static void take_turn(struct cpu *c)
{
	c->regs.r[R_x0] = SHARED;
	host_vcpu_run_handler(c);
	c->regs.r[R_x7]++;
	c->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	vm_exit_handler(c);
	__atomic_store_n(&turn, (c->id + 1) % CPUS, __ATOMIC_RELAXED);
	__atomic_fetch_add(&turns, 1, __ATOMIC_RELAXED);
}

static void one(struct cpu *c, void *arg)
{
	if (mode_is(c, false))
		as_guest(c, arg);
	else if (__atomic_load_n(&turn, __ATOMIC_RELAXED) == c->id)
		take_turn(c);
	else
		as_host(c, arg);
}

/* The vCPU goes round at least once, whichever threads the host lets run first. */
static bool more(u32 n)
{
	return n < ROUNDS || __atomic_load_n(&turns, __ATOMIC_RELAXED) <= CPUS;
}

static void storm(void **state)
{
	struct errata e = { .published = { 0 } };
	const struct players p = { one, more };
	u64 seed = test_seed(1);

	(void)state;
	test_machine_boot(&t, CPUS, &e);
	kit_feed(&t);
	t.m->model.core_doracle = kit_core_zero;
	for (vmid_t v = 1; v <= SHARED; v++)
		make_vm(v);
	kit_set_state(&t, READY_VM, READY);
	turn = turns = 0;
	kit_play(&t, &p, seed);
	/* it has been round at least once, and each has left its mark */
	assert_true(t.m->shadow_ctxts[SHARED * t.m->model.vcpu_per_vm].r[R_x7] > CPUS);
	kit_judge(&t);
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(storm) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
