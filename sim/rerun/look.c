// SPDX-License-Identifier: GPL-2.0-only
/* What an access would find now in an object that others change. */
#include "cpu/op.h"
#include "sim/hyp/page_index.h"
#include "sim/hyp/user.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/rerun/rerun_types.h"

_Static_assert((int)ACCESS_OWN == (int)MV_ACCESS_OWN,
               "ends of accesses have the numbers of the marks");
_Static_assert((int)ACCESS_NOT_OWNER == (int)MV_ACCESS_NOT_OWNER,
               "ends of accesses have the numbers of the marks");

/* Arguments of the mark ACCESS. */
enum { SAID_HOW, SAID_FROM, SAID_LEVEL, SAID_PFN };

/**
 * struct said - an access, as the log has it
 * @vmid: whose
 */
struct said {
	u64 op, gfn, pfn, how;
	u32 cbndx, index, vmid;
};

/* Whose is an access that looked at this object behind the bank, or first of all? */
static u32 owner_of(u32 lk)
{
	return lk >= INFO_ID && lk < INFO_ID + N_VMID ? lk - INFO_ID : HOSTVISOR;
}

static struct said said_of(const struct rerun *r, const struct raced *x)
{
	const struct recorded_cpu *rec = &r->rec->cpu[x->cpu];
	const struct recorded_access *a = &rec->access.v[x->access];
	const struct event *op = &rec->event.v[a->op], *e = &rec->event.v[a->access];
	u64 arg[OP_ARGS] = { 0 };
	u32 n = op_n_args(op->arg), behind = rec->look.v[a->look].lk == SMMU_ID;
	struct said s = { .op = op->arg, .pfn = e->args[SAID_PFN], .how = e->args[SAID_HOW] };

	for (u32 i = 0; i < OP_ARGS && 1 + i < op->n; i++)
		arg[i] = op->args[1 + i];
	s.gfn = arg[0];
	if (behind) {
		s.cbndx = (u32)arg[n - 2];
		s.index = (u32)arg[n - 1];
	}
	s.vmid = behind < a->n_looks ? owner_of(rec->look.v[a->look + behind].lk)
	                             : r->m->cpu[x->cpu].cur_vmid;
	return s;
}

static bool bank_is_so(struct cpu *c, const struct said *s)
{
	u32 owner = peek_smmu_cfg_vmid(c, s->cbndx, s->index);

	if (s->how != ACCESS_NOT_OWNER)
		return owner == s->vmid;
	return op_is_dma(s->op) ? owner >= COREVISOR : owner != s->vmid;
}

static bool page_is_so(struct cpu *c, const struct said *s)
{
	u64 index = get_s2_page_index(c, s->pfn * PAGE_SIZE);
	u32 owner = peek_s2_page_vmid(c, index);

	if (s->vmid == HOSTVISOR)
		return (owner == HOSTVISOR ? ACCESS_OWN : ACCESS_SHARED) == s->how;
	if (owner == INVALID)
		return s->how == ACCESS_NO_RECORD;
	return (peek_s2_page_count(c, index) == 0 ? ACCESS_OWN : ACCESS_SHARED) == s->how;
}

static bool finds(struct cpu *c, u32 lk, const struct said *s)
{
	if (lk == SMMU_ID)
		return bank_is_so(c, s);
	if (lk == S2PAGE_ID)
		return page_is_so(c, s);
	if (lk == SPT_ID)
		return walk_bank(c, s->cbndx, s->index, s->gfn) == s->pfn;
	if (lk >= INFO_ID && lk < INFO_ID + N_VMID)
		return (peek_vm_state(c, lk - INFO_ID) == VERIFIED) ==
		       (s->how != ACCESS_NOT_VERIFIED);
	return walk_stage2(c, lk - NPT_ID, s->gfn) == s->pfn;
}

static bool look_finds(struct rerun *r, const struct raced *x)
{
	struct said s = said_of(r, x);
	bool is;

	r->dry = true;
	is = finds(&r->m->cpu[x->cpu], r->rec->cpu[x->cpu].look.v[x->look].lk, &s);
	r->dry = false;
	return is;
}

bool rerun_finds(struct rerun *r, u32 cpu)
{
	return look_finds(r, &(struct raced){ cpu, r->cpu[cpu].access, r->cpu[cpu].look });
}

void rerun_looks_begin(struct rerun *r)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		r->raced[lk].n = 0;
	for (u32 c = 0; c < r->cpus; c++) {
		const struct recorded_cpu *rec = &r->rec->cpu[c];

		for (u32 i = 0; i < rec->access.n; i++) {
			const struct recorded_access *a = &rec->access.v[i];

			for (u32 k = a->look; k < a->look + a->n_looks; k++)
				if (rec->look.v[k].raced)
					vec_push(&r->raced[rec->look.v[k].lk],
					         ((struct raced){ c, i, k }));
		}
	}
}

bool rerun_awaited(struct rerun *r, const struct obj *o)
{
	for (u32 i = 0; i < r->raced[o->id].n; i++) {
		struct raced *x = &r->raced[o->id].v[i];

		/* It was made. */
		if (r->cpu[x->cpu].look > x->look ||
		    (r->cpu[x->cpu].look == x->look && r->cpu[x->cpu].looks)) {
			*x = r->raced[o->id].v[--r->raced[o->id].n];
			i--;
			continue;
		}
		if (r->done[o->id] >= r->rec->cpu[x->cpu].look.v[x->look].after && look_finds(r, x))
			return true;
	}
	return false;
}
