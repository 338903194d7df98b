// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/bugs/bug.h"

#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/user.h"
#include "sim/hyp/vm_power.h"
#include "sim/machine/boot.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	OP_REGISTER,  /* a VM */
	OP_BANK,      /* CPU's bank, and in it the first page, for the VM's devices */
	OP_VERIFY,    /* the VM */
	OP_GIVE,      /* a page to the VM */
	OP_SHARE,     /* with the host */
	OP_TOUCH,     /* by the host, a page that is shared */
	OP_UNSHARE,   /* and by the host, once more */
	OP_OTHERS,    /* a page that is not the VM's: the VM would share it, and is refused */
	OP_OFF,       /* the VM */
	OP_FREE_BANK, /* of the VM that is off */
	OP_TAKE_BACK, /* a page of the VM that is off */
	OP_BANK_AGAIN,
	OP_NR
};

static const char *const op_names[] = { "register",  "bank",       "verify", "give", "share",
	                                "touch",     "unshare",    "others", "off",  "free_bank",
	                                "take_back", "bank_again", NULL };

_Static_assert(ARRAY_SIZE(op_names) == (u32)OP_NR + 1, "one name for each OP_");

/* Pages of a CPU, the first of which is for devices; VMs are 1..15, two for each CPU; turns of a life. */
enum { PAGES = 4, MAX_BUG_CPUS = 7, LIFE = 40, FIRST_PFN = 0x210, FIRST_GFN = 0x80000, SHARES = 2 };

/* A page that stays the host's. */
enum { HOST_PFN = FIRST_PFN + MAX_BUG_CPUS * PAGES };

enum { OPT_BUG, OPT_NR };

const struct scenario_option bug_options[] = {
	{ "bug", "0: the hypervisor's own function is called instead of the copy with the bug", 0,
	  1, 1 },
	{ NULL, NULL, 0, 0, 0 },
};

_Static_assert(ARRAY_SIZE(bug_options) == (u32)OPT_NR + 1, "one row for each OPT_");

const char *const bug_errata[] = { "all=intended", NULL };

/**
 * struct life - of a CPU's VM
 * @at:     its next turn: up to LIFE it lives
 * @given:  pages that are the VM's
 * @shares: [page] how often it is shared
 */
struct life {
	u32 at, vmid;
	bool given[PAGES];
	u32 shares[PAGES];
} __attribute__((aligned(CACHE_LINE)));

struct bug_state {
	struct bug_hyp hyp;
	struct fixed fixed;
	struct life life[MAX_BUG_CPUS];
};

static u64 pfn_of(u32 cpu, u64 page)
{
	return FIRST_PFN + cpu * PAGES + page;
}

static void choose_page(struct life *l, u64 page, struct operation *op)
{
	op->n_args = 1;
	op->args[0] = page;
	if (!l->given[page])
		op->kind = OP_GIVE;
	else if (l->shares[page] == 0)
		op->kind = OP_SHARE;
	else
		op->kind = l->at % 3 == 0                               ? OP_TOUCH
		           : l->at % 3 == 1 && l->shares[page] < SHARES ? OP_SHARE
		                                                        : OP_UNSHARE;
}

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	struct bug_state *s = arg;
	struct life *l = &s->life[cpu];

	(void)n;
	*op = (struct operation){ .kind = OP_NEW_EPISODE };
	if (l->at < OP_GIVE)
		op->kind = l->at;
	else if (l->at < LIFE && l->at % 10 == 0)
		op->kind = OP_OTHERS;
	else if (l->at < LIFE)
		choose_page(l, 1 + rng_below(r, PAGES - 1), op);
	else if (l->at < LIFE + 2)
		op->kind = OP_OFF + (l->at - LIFE);
	else if (l->at < LIFE + 2 + PAGES)
		*op = (struct operation){ .kind = OP_TAKE_BACK,
			                  .n_args = 1,
			                  .args = { l->at - LIFE - 2 } };
	else if (l->at == LIFE + 2 + PAGES)
		op->kind = OP_BANK_AGAIN;
	l->at++;
}

/* The host touches a page: its table first, if that has lost it, then the page. */
static void touch(struct cpu *c, u64 pfn, bool fault)
{
	if (fault)
		map_page_host(c, pfn * PAGE_SIZE);
	mem_access(c, ACCESS_LOAD, pfn, 0);
}

static void assign_pfn(struct cpu *c, const struct bug_hyp *h, u32 vmid, u64 gfn, u64 pfn)
{
	(h->assign_pfn_to_vm ? h->assign_pfn_to_vm : assign_pfn_to_vm)(c, vmid, gfn, pfn);
	map_pfn_vm(c, vmid, gfn * PAGE_SIZE, pfn * PAGE_SIZE, 3);
}

static void bank(struct cpu *c, const struct bug_hyp *h, u32 vmid)
{
	(h->el2_alloc_smmu_pgd ? h->el2_alloc_smmu_pgd : el2_alloc_smmu_pgd)(c, c->id, vmid, 0);
}

static void share(struct cpu *c, const struct bug_hyp *h, u32 vmid, u64 pfn)
{
	(h->grant_vm_page ? h->grant_vm_page : grant_vm_page)(c, vmid, pfn);
}

static void execute_page(struct cpu *c, const struct bug_hyp *h, struct life *l, u32 kind, u64 page)
{
	u64 pfn = pfn_of(c->id, page);

	switch (kind) {
	case OP_GIVE:
		touch(c, pfn, true);
		assign_pfn(c, h, l->vmid, FIRST_GFN + page, pfn);
		l->given[page] = true;
		break;
	case OP_SHARE:
		share(c, h, l->vmid, pfn);
		l->shares[page]++;
		break;
	case OP_TOUCH:
		touch(c, pfn, true);
		break;
	case OP_UNSHARE:
		(h->revoke_vm_page ? h->revoke_vm_page : revoke_vm_page)(c, l->vmid, pfn);
		l->shares[page]--;
		touch(c, pfn, false);
		break;
	case OP_TAKE_BACK:
		(h->clear_vm_page ? h->clear_vm_page : clear_vm_page)(c, l->vmid, pfn);
		l->given[page] = false;
		l->shares[page] = 0;
		break;
	}
}

static void execute(struct cpu *c, void *arg, struct operation *op)
{
	struct bug_state *s = arg;
	struct life *l = &s->life[c->id];
	u64 pfn = pfn_of(c->id, 0);

	switch (op->kind) {
	case OP_REGISTER:
		l->vmid = register_kvm(c);
		break;
	case OP_BANK:
		bank(c, &s->hyp, l->vmid);
		smmu_assign_page(c, c->id, 0, pfn, FIRST_GFN);
		smmu_map_page(c, c->id, 0, (u64)FIRST_GFN * PAGE_SIZE, pfn * PAGE_SIZE);
		break;
	case OP_VERIFY:
		verify_and_load_images(c, l->vmid);
		break;
	case OP_OTHERS:
		share(c, &s->hyp, l->vmid, HOST_PFN);
		break;
	case OP_OFF:
		set_vm_poweroff(c, l->vmid);
		break;
	case OP_FREE_BANK:
		el2_free_smmu_pgd(c, c->id, 0);
		break;
	case OP_BANK_AGAIN:
		bank(c, &s->hyp, register_kvm(c));
		break;
	default:
		execute_page(c, &s->hyp, l, op->kind, op->args[0]);
		break;
	}
}

static void episode(void *arg, const struct machine *m)
{
	struct bug_state *s = arg;

	(void)m;
	memset(s->life, 0, sizeof(s->life));
}

int bug_begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	const struct bug *bug =
		(const void *)((const u8 *)setup->scenario - offsetof(struct bug, scenario));
	struct bug_state *s;

	if (setup->cpus > MAX_BUG_CPUS)
		return err_set(e, ERR_USAGE, "%s has at most %d CPUs: two VMs for each",
		               setup->scenario->name, MAX_BUG_CPUS);
	s = aligned_alloc(CACHE_LINE, sizeof(*s));
	if (!s)
		return err_set(e, ERR_MEMORY, "no memory for %s", setup->scenario->name);
	memset(s, 0, sizeof(*s));
	if (setup->values[OPT_BUG])
		s->hyp = bug->hyp;
	machine_boot_fixed(&s->fixed, BOOT_PAGES_MIN);
	*w = (struct workload){ .arg = s,
		                .op_names = op_names,
		                .fixed = &s->fixed,
		                .choose = choose,
		                .execute = execute,
		                .episode = episode };
	return 0;
}

void bug_end(struct workload *w)
{
	free(w->arg);
}
