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
 * @given:  pages that are the VM's
 * @shares: [page] how often it is shared
 */
struct life {
	u32 vmid;
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

static void choose_page(const struct life *l, u64 turn, u64 page, struct operation *op)
{
	op->n_args = 1;
	op->args[0] = page;
	if (!l->given[page])
		op->kind = OP_GIVE;
	else if (l->shares[page] == 0)
		op->kind = OP_SHARE;
	else
		op->kind = turn % 3 == 0                               ? OP_TOUCH
		           : turn % 3 == 1 && l->shares[page] < SHARES ? OP_SHARE
		                                                       : OP_UNSHARE;
}

/* The VM is set up, lives until turn LIFE, and is taken apart. */
static void choose(void *arg, u32 cpu, u64 turn, struct rng *r, struct operation *op)
{
	const struct bug_state *s = arg;

	*op = (struct operation){ .kind = OP_NEW_EPISODE };
	if (turn < OP_GIVE)
		op->kind = (u32)turn;
	else if (turn < LIFE && turn % 10 == 0)
		op->kind = OP_OTHERS;
	else if (turn < LIFE)
		choose_page(&s->life[cpu], turn, 1 + rng_below(r, PAGES - 1), op);
	else if (turn < LIFE + 2)
		op->kind = OP_OFF + (u32)(turn - LIFE);
	else if (turn < LIFE + 2 + PAGES)
		*op = (struct operation){ .kind = OP_TAKE_BACK,
			                  .n_args = 1,
			                  .args = { turn - LIFE - 2 } };
	else if (turn == LIFE + 2 + PAGES)
		op->kind = OP_BANK_AGAIN;
}

/* The host touches a page: its table first, if that has lost it, then the page. */
static void touch(struct cpu *c, u64 pfn, bool fault)
{
	if (fault)
		map_page_host(c, pfn * PAGE_SIZE);
	mem_access(c, ACCESS_LOAD, pfn, 0);
}

static void execute_page(struct cpu *c, const struct bug_hyp *h, struct life *l, u32 kind, u64 page)
{
	u64 pfn = pfn_of(c->id, page), gfn = FIRST_GFN + page;

	switch (kind) {
	case OP_GIVE:
		touch(c, pfn, true);
		h->assign_pfn_to_vm(c, l->vmid, gfn, pfn);
		map_pfn_vm(c, l->vmid, gfn * PAGE_SIZE, pfn * PAGE_SIZE, 3);
		l->given[page] = true;
		break;
	case OP_SHARE:
		h->grant_vm_page(c, l->vmid, pfn);
		l->shares[page]++;
		break;
	case OP_TOUCH:
		touch(c, pfn, true);
		break;
	case OP_UNSHARE:
		h->revoke_vm_page(c, l->vmid, pfn);
		l->shares[page]--;
		touch(c, pfn, false);
		break;
	case OP_TAKE_BACK:
		h->clear_vm_page(c, l->vmid, pfn);
		l->given[page] = false;
		l->shares[page] = 0;
		break;
	}
}

static void execute(struct cpu *c, void *arg, struct operation *op)
{
	struct bug_state *s = arg;
	const struct bug_hyp *h = &s->hyp;
	struct life *l = &s->life[c->id];
	u64 pfn = pfn_of(c->id, 0);

	switch (op->kind) {
	case OP_REGISTER:
		l->vmid = register_kvm(c);
		break;
	case OP_BANK:
		h->el2_alloc_smmu_pgd(c, c->id, l->vmid, 0);
		smmu_assign_page(c, c->id, 0, pfn, FIRST_GFN);
		smmu_map_page(c, c->id, 0, (u64)FIRST_GFN * PAGE_SIZE, pfn * PAGE_SIZE);
		break;
	case OP_VERIFY:
		verify_and_load_images(c, l->vmid);
		break;
	case OP_OTHERS:
		h->grant_vm_page(c, l->vmid, HOST_PFN);
		break;
	case OP_OFF:
		set_vm_poweroff(c, l->vmid);
		break;
	case OP_FREE_BANK:
		el2_free_smmu_pgd(c, c->id, 0);
		break;
	case OP_BANK_AGAIN:
		h->el2_alloc_smmu_pgd(c, c->id, register_kvm(c), 0);
		break;
	default:
		execute_page(c, h, l, op->kind, op->args[0]);
		break;
	}
}

static void episode(void *arg, const struct machine *m)
{
	struct bug_state *s = arg;

	(void)m;
	memset(s->life, 0, sizeof(s->life));
}

/* The hypervisor's functions, but for those that @bug has copies of. */
static struct bug_hyp hyp_of(const struct bug_hyp *bug)
{
#define ITS(function) .function = bug->function ? bug->function : function
	return (struct bug_hyp){
		ITS(assign_pfn_to_vm), ITS(grant_vm_page),      ITS(revoke_vm_page),
		ITS(clear_vm_page),    ITS(el2_alloc_smmu_pgd),
	};
#undef ITS
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
	s->hyp = hyp_of(setup->values[OPT_BUG] ? &bug->hyp
	                                       : &(struct bug_hyp){ .grant_vm_page = NULL });
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
