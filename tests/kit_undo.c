// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_undo.h"

#include "cpu/ctxt.h"
#include "cpu/mode.h"
#include "cpu/point.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/shared.h"
#include "sim/hyp/api.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/user.h"
#include "sim/machine/prim.h"
#include "tests/kit.h"
#include "tests/kit_core.h"

#include <string.h>

enum { PAGES = 8, LOW = 512, GFN = 0x80000 };

/* VM 1 + i is CPU i's; READY_VM is not verified yet. */
enum { READY_VM = 9 };

static struct kit_undo *running;

static void told_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	(void)c;
	machine_undo_note(running->undo, o, field, first, n);
}

static void told_ctxt(struct cpu *c, u32 id)
{
	(void)c;
	machine_undo_ctxt(running->undo, id);
}

static void told_point(struct cpu *c, enum point_kind kind, u32 object)
{
	(void)c;
	(void)kind;
	(void)object;
}

static void told_await(struct cpu *c, lk_t lk, u32 ticket)
{
	(void)lk;
	(void)ticket;
	cpu_leave(c, OUT_STOPPED);
}

static const struct control_ops control = {
	.point = told_point, .await = told_await, .note = told_note, .note_ctxt = told_ctxt
};

static u64 page_of(vmid_t v, u64 i)
{
	return LOW + v * PAGES + i;
}

/* A VERIFIED VM with an image of 2 MiB at 0, PAGES pages of its own, and vCPU 0. */
static void make_vm(struct cpu *c, vmid_t v)
{
	acquire_lock_vm(c, v);
	set_vm_state(c, v, VERIFIED);
	set_vm_next_load_idx(c, v, 1);
	set_vm_load_size(c, v, 0, PMD_SIZE);
	set_vm_remap_addr(c, v, 0, REMAP_START);
	set_vcpu_state(c, v, 0, READY);
	set_shadow_dirty_bit(c, v, 0, INVALID64);
	release_lock_vm(c, v);
	for (u64 i = 0; i < PAGES; i++) {
		acquire_lock_s2page(c);
		/* Record n is frame LOW + n's. */
		set_s2_page_vmid(c, page_of(v, i) - LOW, v);
		set_s2_page_gfn(c, page_of(v, i) - LOW, GFN + i);
		release_lock_s2page(c);
		map_s2pt(c, v, (GFN + i) * PAGE_SIZE, 3,
		         page_of(v, i) * PAGE_SIZE | PAGE_S2_KERNEL);
	}
}

static void make_vms(struct cpu *c, void *arg)
{
	const struct machine *m = arg;

	for (vmid_t v = 1; v <= m->params.cpus; v++)
		make_vm(c, v);
	acquire_lock_vm(c, READY_VM);
	set_vm_state(c, READY_VM, READY);
	release_lock_vm(c, READY_VM);
}

void kit_undo_make(struct kit_undo *k, const struct kit_undo_opts *o)
{
	struct machine_params p = { .cpus = o->cpus,
		                    .seed = 1,
		                    .tlb = o->tlb,
		                    .policy = { .kind = WAIT_YIELD, .cores = 2 },
		                    .fixed = &k->t.fixed };
	struct log_config *config = &k->t.config;
	struct params model;
	struct err e;

	memset(k, 0, sizeof(*k));
	errata_defaults(&p.errata);
	if (o->intended)
		assert_int_equal(errata_parse(&p.errata, "all=intended", &e), 0);
	machine_boot_fixed(&k->t.fixed, BOOT_PAGES_MIN);
	log_config_init(config, o->cpus);
	config->seed = p.seed;
	config->errata = p.errata;
	config->machine = config->barriers = config->digests = true;
	machine_boot_config(config, &k->t.fixed, &p.errata);
	params_init(&model, p.seed, config->total_cpu);
	model.core_doracle = kit_core_zero;
	/* Guests begin within their image. */
	model.guest_base = 0x1000;
	model.guest_span = PMD_SIZE - 0x1000;
	params_tell(&model, config);
	p.model = &model;
	assert_int_equal(o->off ? log_open_off(&k->t.log, config, &e)
	                        : log_open_memory(&k->t.log, config, 1ull << 30, &e),
	                 0);
	assert_int_equal(machine_create(&k->t.m, &p, k->t.log, &e), 0);
	machine_begin_episode(k->t.m);
	assert_int_equal(cpu_call(&k->t.m->cpu[0], make_vms, k->t.m), OUT_OK);
	for (u32 i = 0; i < o->cpus; i++) {
		struct cpu *c = &k->t.m->cpu[i];

		c->control = &control;
		c->points = POINTS_CONTROLLED;
		c->longer = true;
	}
	assert_int_equal(machine_undo_new(&k->undo, k->t.m, &e), 0);
	running = k;
}

void kit_undo_free(struct kit_undo *k)
{
	machine_undo_free(k->undo);
	test_machine_free(&k->t);
	running = NULL;
}

enum outcome kit_undo_call(struct kit_undo *k, u32 cpu, void (*fn)(struct cpu *c, void *arg),
                           void *arg)
{
	enum outcome how;

	k->ran |= 1ull << cpu;
	how = cpu_call(&k->t.m->cpu[cpu], fn, arg);
	k->ended[how]++;
	return how;
}

void kit_undo_back(struct kit_undo *k)
{
	machine_undo_run(k->undo, k->ran, k->ran);
	k->ran = 0;
}

/* The guest's address of the page. */
static u64 page_at(u64 page)
{
	return (GFN + page) * PAGE_SIZE;
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
		mem_access(c, ACCESS_STORE, GFN + page, 3);
		break;
	case 4:
		mem_access(c, ACCESS_LOAD, GFN + page, 4);
		break;
	default:
		c->regs.r[R_x7]++;
		c->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
		vm_exit_handler(c);
	}
}

static void as_host(struct cpu *c, struct rng *r)
{
	u64 n = rng_next(r);

	switch (rng_next(r) % 8) {
	case 0:
		kit_hvc(c, HVC_PHYS_ADDR_IOREMAP, READY_VM, n % 64 * PAGE_SIZE, 0x30000000,
		        PAGE_SIZE);
		break;
	case 1:
		kit_hvc(c, HVC_SMMU_ALLOC_PGD, n % 8, READY_VM, 1, 0);
		break;
	case 2:
	case 3:
		kit_host_fault(c, n % 2 ? 2 * LOW - 1 - n % 64 : 3);
		break;
	case 4:
		mem_access(c, (enum access_kind)(n % 2), 2 * LOW - 1 - n % 64, 5);
		break;
	default:
		c->regs.r[R_x0] = 1 + c->id;
		host_vcpu_run_handler(c);
	}
}

static void legally(struct cpu *c, void *arg)
{
	if (mode_is(c, false))
		as_guest(c, arg);
	else
		as_host(c, arg);
}

/* Sections, some of them left open, a halt in the middle, a step of flat memory, a device. */
static void odd(struct cpu *c, void *arg)
{
	struct rng *r = arg;
	u64 n = rng_next(r);
	vmid_t v = 1 + (vmid_t)(n % 4);

	switch (rng_next(r) % 8) {
	case 0:
		acquire_lock_s2page(c);
		set_s2_page_count(c, n % 64, (u32)n);
		set_s2_page_count(c, n % 64, (u32)n + 1);
		set_s2_page_gfn(c, n / 64 % 64, n);
		if (n % 3)
			release_lock_s2page(c);
		break;
	case 1:
		acquire_lock_vm(c, v);
		set_vm_state(c, v, (u32)n);
		if (n % 5 == 0)
			panic_called(c);
		release_lock_vm(c, v);
		break;
	case 2:
		kit_host_fault(c, page_of(v, n / 4 % PAGES));
		break;
	case 3:
		flat_fetch(c, LOW + n % 64, 1 + n / 64 % 700, v, n % 9);
		break;
	case 4:
		grant_vm_page(c, v, page_of(v, n / 4 % PAGES));
		break;
	case 5:
		clear_vm_page(c, v, page_of(v, n / 4 % PAGES));
		break;
	case 6:
		decrypt_gp_regs(c, v, (u32)(n / 4 % 3));
		c->device = (struct device_write){ n, n, 8 };
		set_access_reg(c, (u32)(n / 8 % 31), n);
		break;
	default:
		c->surprises++;
		pub_store(&c->pub.progress, c->pub.progress + 1);
		dma_access(c, (enum access_kind)(n % 2), n / 2 % 64, n, (u32)(n % 8), 1);
	}
}

/* An argument that is often one of the kind that is wanted, and never a length that takes minutes. */
static u64 any_arg(struct rng *r, enum prim_arg kind)
{
	static struct shared_event event;
	u64 n = rng_next(r), max = prim_arg_max(kind);

	if (kind == PRIM_ARG_event) {
		event = (struct shared_event){ .kind = EV_OCORE_DATA + (u32)(n % 6),
			                       .obj = (lk_t)(n / 8 % (ID_END + 1)) };
		return (u64)(uintptr_t)&event;
	}
	if (kind == PRIM_ARG_lk)
		return n % (n % 7 ? ID_END : 64);
	if (kind == PRIM_ARG_size)
		return n % 5 * PAGE_SIZE;
	if (kind == PRIM_ARG_pgnum)
		return n % 5;
	if (kind == PRIM_ARG_addr)
		return (n % 2 ? LOW + n / 2 % 512 : GFN + n / 2 % PAGES) * PAGE_SIZE;
	if (kind == PRIM_ARG_pfn)
		return LOW + n % 512;
	if (kind == PRIM_ARG_gfn)
		return n % 2 ? LOW + n / 2 % 512 : GFN + n / 2 % PAGES;
	return max ? (n % 4 ? n / 4 % 8 : n) & max : n % 8;
}

struct one_prim {
	const struct prim *p;
	u64 a[PRIM_MAX_ARGS];
};

static void run_prim(struct cpu *c, void *arg)
{
	struct one_prim *one = arg;

	one->p->call(c, one->a);
}

/* One of all primitives and functions, but those that only a script can call, and those that go over an image of any size. */
static void choose_prim(struct rng *r, struct one_prim *one)
{
	do
		one->p = &prims[rng_below(r, n_prims)];
	while (one->p->family == PRIM_LAYERS || strstr(one->p->name, "load_vm_image") ||
	       strstr(one->p->name, "load_images"));
	for (u32 i = 0; i < one->p->n_args; i++)
		one->a[i] = any_arg(r, one->p->arg[i]);
}

enum outcome kit_undo_any(struct kit_undo *k, u64 seed, bool legal)
{
	struct rng r = { seed };
	u32 cpu = (u32)rng_below(&r, k->t.m->params.cpus);
	struct one_prim one;

	if (legal || rng_below(&r, 3) == 0)
		return kit_undo_call(k, cpu, legally, &r);
	if (rng_below(&r, 2))
		return kit_undo_call(k, cpu, odd, &r);
	choose_prim(&r, &one);
	return kit_undo_call(k, cpu, run_prim, &one);
}
