// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an episode of clash begins: CPUs make three VMs or four, by the hypercalls that any host makes, each CPU every so manieth of
 * them, and in one thread CPU 0 all.  They take their vmids in turn, so that the same VM has the same vmid in any run.
 * One was off before anything meets, one has shared pages and vCPUs that have run, one has a bank with pages in it, and one is
 * READY with its boot information; which of the first three there are depends on the episode's number.  Where CPUs meet there is
 * another one that is READY.
 */
#include "scenarios/clash_set_up.h"

#include "lock/share.h"
#include "scenarios/clash_lists.h"
#include "scenarios/clash_world.h"
#include "scenarios/kit_smmu.h"
#include "sim/base/check.h"

#include <string.h>

enum kind { VM_WAS_OFF, VM_SHARES, VM_HAS_BANK, VM_IS_READY, ALSO_READY, KINDS };

enum { NAPS = 4 };

enum { FEWER = 4, FULL = 8, PROT = 0xc0, SINGLES = CLASH_IMAGES * PMD_PAGE_NUM + 16, LOADED = 12 };

/* Steps of any VM, in this order; which are a VM's own is asked for by has(). */
enum step {
	REGISTER,
	VCPU0,
	VCPU1,
	VCPU2,
	VCPU3,
	ALLOC,
	LOAD0,
	LOAD1,
	LOAD2,
	INFO,
	REMAP,
	MAP0,
	MAP1,
	VERIFY,
	RUN0,
	LEAVE0,
	RUN,
	GRANT,
	STORE,
	LEAVE,
	OFF,
	STEPS,
};

static bool has(u64 episode, bool alone, enum kind kind, enum step s)
{
	switch (s) {
	case REGISTER:
	case VCPU0:
	case VCPU1:
	case VCPU2:
	case INFO:
		return true;
	case VCPU3:
		/* Of those that are verified, so that more can run for the first time. */
		return !alone && kind < VM_IS_READY;
	case REMAP:
		/* Without it the VM has no page of its image, and gets its pages one by one. */
		return kind == VM_IS_READY || episode % FULL == kind;
	case ALLOC:
		if (!alone && kind == VM_WAS_OFF)
			return episode % 2;
		return kind == VM_HAS_BANK || kind == VM_IS_READY;
	case LOAD0:
	case LOAD1:
	case LOAD2:
		/* What is taken back of it. */
		return !alone && kind == VM_WAS_OFF;
	case MAP0:
	case MAP1:
		return kind == VM_HAS_BANK || kind == VM_IS_READY;
	case VERIFY:
		return kind < VM_IS_READY;
	case RUN0:
	case LEAVE0:
	case RUN:
		return kind <= VM_SHARES;
	case GRANT:
	case STORE:
	case LEAVE:
		return kind == VM_SHARES;
	case OFF:
		return kind == VM_WAS_OFF;
	case STEPS:
		break;
	}
	return false;
}

/* The kinds of an episode: two of the first three, now and then all, and the others always; the last where CPUs meet. */
static bool is_made(const struct kit_cpu *k, enum kind kind)
{
	/* Where CPUs meet: another one to boot, and always one whose devices have pages. */
	if (kind == ALSO_READY || (kind == VM_HAS_BANK && !clash_of(k)->alone))
		return !clash_of(k)->alone;
	return kind == VM_IS_READY || (enum kind)(k->episode % FEWER) != kind;
}

/* Does the CPU set this VM up? */
static bool is_mine(const struct kit_cpu *k, vmid_t vmid)
{
	return (vmid - 1u) % (clash_of(k)->alone ? 1 : k->kit->cpus) == k->id;
}

/* Step number @n of the CPU in the episode: of which VM, and which; false: there are no more. */
static bool find(const struct kit_cpu *k, u32 n, vmid_t *vmid, enum kind *kind, enum step *step)
{
	*vmid = 0;
	for (u32 i = 0; i < KINDS; i++) {
		if (!is_made(k, (enum kind)i))
			continue;
		(*vmid)++;
		if (!is_mine(k, *vmid))
			continue;
		for (u32 s = 0; s < STEPS; s++)
			if (has(k->episode, clash_of(k)->alone, (enum kind)i, (enum step)s) &&
			    n-- == 0) {
				*kind = (enum kind)i;
				*step = (enum step)s;
				return true;
			}
	}
	return false;
}

static void set(struct operation *op, u32 n, const u64 *args)
{
	op->n_args = n;
	memcpy(op->args, args, n * sizeof(u64));
}

#define ARGS(op, ...) \
	set(op, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), (const u64[]){ __VA_ARGS__ })

static u32 kinds_bank(enum kind kind)
{
	return kind == VM_WAS_OFF ? clash_bank(3) : clash_bank(kind == VM_HAS_BANK ? 0 : 1);
}

/* Fills op->args; the name of the operation. */
static const char *fill(const struct kit_cpu *k, vmid_t v, enum kind kind, enum step s,
                        struct operation *op)
{
	u64 image = kit_pfn(k->kit, clash_image(v)), bank = kinds_bank(kind);
	u64 page = SINGLES + 2 * kind + (s == MAP1);

	switch (s) {
	case REGISTER:
		return "register_kvm";
	case VCPU0:
	case VCPU1:
	case VCPU2:
	case VCPU3:
		ARGS(op, v, s - VCPU0);
		return "register_vcpu";
	case ALLOC:
		ARGS(op, smmu_cbndx_of(bank), v, smmu_index_of(bank));
		return "smmu_alloc";
	case LOAD0:
	case LOAD1:
	case LOAD2:
		ARGS(op, v, kit_pfn(k->kit, SINGLES + LOADED + s - LOAD0) * PAGE_SIZE);
		return "decrypt_buf";
	case INFO:
		ARGS(op, v, KIT_IMAGE_GFN * PAGE_SIZE, PMD_SIZE);
		return "set_boot_info";
	case REMAP:
		ARGS(op, v, image, 0);
		return "remap_vm_image";
	case MAP0:
	case MAP1:
		ARGS(op, clash_gfn(page) * PAGE_SIZE, kit_pfn(k->kit, page) * PAGE_SIZE, PROT,
		     smmu_cbndx_of(bank), smmu_index_of(bank));
		return "smmu_map";
	case VERIFY:
		ARGS(op, v);
		return "verify_vm_image";
	case RUN0:
		ARGS(op, v, 0, 0, 0, 0);
		return "vcpu_run";
	case RUN:
		ARGS(op, v, 0, clash_gfn(page) * PAGE_SIZE, kit_pfn(k->kit, page) * PAGE_SIZE, 3);
		return "vcpu_run";
	case GRANT:
		ARGS(op, clash_gfn(page) * PAGE_SIZE, PAGE_SIZE);
		return "guest_grant";
	case STORE:
		ARGS(op, clash_gfn(page), KIT_FIRST_REG);
		return "guest_store";
	case LEAVE0:
	case LEAVE:
		ARGS(op, ARM_EXCEPTION_INTERRUPT);
		return "guest_interrupt";
	case OFF:
		ARGS(op, ESR_ELx_EC_HVC64, PSCI_0_2_FN_SYSTEM_OFF, 0);
		return "guest_off";
	case STEPS:
		break;
	}
	SIM_UNREACHABLE();
}

bool clash_set_up_left(const struct kit_cpu *k)
{
	enum kind kind;
	enum step step;
	vmid_t vmid;

	return k->id == 0 && find(k, clash_of(k)->cpu[0].steps, &vmid, &kind, &step);
}

/* The operation of this name. */
static void take(struct kit_cpu *k, const char *name, struct operation *op)
{
	op->kind = clash_op_named(k->kit, name);
	k->op = k->kit->op[op->kind];
}

/* The machine is set up, or, with @vmid, that vmid is the next one. */
static bool has_come(const struct kit_cpu *k, vmid_t vmid)
{
	return vmid ? clash_next_vmid(k) == vmid : board_get(&clash_of(k)->ready) != 0;
}

/* Until that is so, or nothing more comes, or for a while. */
static bool wait_for_it(const struct kit_cpu *k, vmid_t vmid)
{
	for (u32 i = 0; i < NAPS && !flag_get(k->c->halt) && !flag_get(k->c->stop); i++) {
		if (has_come(k, vmid))
			return true;
		share_nap(k->c, 0);
	}
	return false;
}

/* The CPU has done its steps: who is the last has set the machine up. */
static void done(struct kit_cpu *k)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];

	if (own->set_up)
		return;
	own->set_up = true;
	if (board_add_get(&s->set_up, 1) == k->kit->cpus)
		board_set(&s->ready, 1);
}

static bool idles(struct kit_cpu *k, struct operation *op)
{
	k->idles = true;
	take(k, "timer_set_cntvoff", op);
	return true;
}

bool clash_set_up(struct kit_cpu *k, struct operation *op)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	enum kind kind;
	enum step step;
	vmid_t vmid;

	*op = (struct operation){ .kind = 0 };
	/* A CPU that has done nothing yet cannot look at the machine. */
	if (board_get(&s->ready) && k->c)
		return false;
	/* Nobody meets anybody yet. */
	if (k->c)
		k->c->points = 0;
	if (!find(k, own->steps, &vmid, &kind, &step)) {
		done(k);
		return k->c && wait_for_it(k, 0) ? false : idles(k, op);
	}
	if (step == REGISTER && vmid > 1 && !(k->c && wait_for_it(k, vmid)))
		return idles(k, op);
	own->steps++;
	take(k, fill(k, vmid, kind, step, op), op);
	return true;
}
