// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/plant.h"

#include "oracle/obs/view.h"
#include "sim/base/vec.h"

void plant_begin(struct plant *pl, vmid_t p, u32 run, u32 vary, bool spare)
{
	plant_free(pl);
	*pl = (struct plant){ .p = p,
		              .run = run,
		              .vary = vary,
		              .spare = spare,
		              .owner = xcalloc(MAX_S2PAGE_NUM, sizeof(u32)) };
}

void plant_free(struct plant *pl)
{
	free(pl->owner);
	pl->owner = NULL;
}

static u64 value(const struct plant *pl, enum secret_kind kind, vmid_t owner, u32 place)
{
	const struct secret s = { .kind = kind,
		                  .run = pl->vary >> kind & 1 ? pl->run : 0,
		                  .owner = owner,
		                  .place = place,
		                  .time = (u32)(pl->time & 0xffff) };

	return secret_value(&s);
}

/* Fill the page, if it has come to an owner who is not the principal. */
static void page(struct plant *pl, struct machine *m, u64 pfn, u64 index)
{
	u64 owner = obj_get(&m->shared.obj[S2PAGE_ID], F_S2PAGE_s2_owner, index);
	u32 now = owner < N_VMID ? 1 + (u32)owner : 0;

	if (pl->owner[index] == now)
		return;
	pl->owner[index] = now;
	if (now && owner != pl->p)
		obj_set(&m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, pfn,
		        value(pl, SECRET_PAGES, (vmid_t)owner, (u32)pfn));
}

static void pages(struct plant *pl, struct machine *m)
{
	const struct fixed *f = &m->shared.fixed;
	u64 now = m->shared.obj[S2PAGE_ID].digest;

	if (pl->looked && pl->reads == now)
		return;
	pl->looked = true;
	pl->reads = now;
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];
		u64 n = obs_region_pages(r);

		for (u64 k = 0; k < n; k++)
			page(pl, m, r->mb_base / PAGE_SIZE + k, r->mb_index + k);
	}
}

/* May the register hold anything, as far as the core goes? */
static bool any_value(u32 r)
{
	static const u8 moves[REG_NR] = {
#define REG(group, field, move) [R_##field] = MOVE_##move,
#include "shmem/obj/regs.def"
	};

	if (moves[r] == MOVE_GP || moves[r] == MOVE_FP || moves[r] == MOVE_SYS)
		return true;
	return r == R_elr_el2 || r == R_spsr_el2 || r == R_pc || r == R_pstate || r == R_esr_el1 ||
	       r == R_spsr_0;
}

/* In these a scenario's vCPUs leave what they must find again. */
static bool is_token(u32 r)
{
	return r == R_tpidr_el0 || r == R_fp_q31;
}

static void set(const struct plant *pl, struct ctxt *c, enum secret_kind kind, vmid_t owner, u32 of)
{
	for (u32 r = 0; r < REG_NR; r++)
		if (any_value(r) && !(kind == SECRET_CONTEXTS && pl->spare && is_token(r)))
			c->r[r] = value(pl, kind, owner, secret_place(of, r));
}

static bool is_registered(const struct machine *m, vmid_t w, u32 vcpuid)
{
	return w == HOSTVISOR ? vcpuid < m->params.cpus
	                      : obj_get(&m->shared.obj[INFO_ID + w], F_INFO_vm_vcpu_state,
	                                vcpuid) != UNUSED;
}

static void contexts(struct plant *pl, struct machine *m)
{
	u32 n = m->model.vcpu_per_vm;

	for (vmid_t w = HOSTVISOR; w < COREVISOR; w++)
		for (u32 c = 0; c < n && w != pl->p; c++)
			if (is_registered(m, w, c))
				set(pl, &m->shadow_ctxts[w * n + c], SECRET_CONTEXTS, w, c);
}

static void registers(struct plant *pl, struct machine *m)
{
	for (u32 i = 0; i < m->params.cpus; i++) {
		struct cpu *c = &m->cpu[i];

		if (c->cur_vmid != pl->p && !c->icore)
			set(pl, &c->regs, SECRET_REGISTERS, c->cur_vmid, i);
	}
}

void plant_secrets(struct plant *pl, struct machine *m, u64 step)
{
	pl->time = step;
	pages(pl, m);
	contexts(pl, m);
	registers(pl, m);
}

void plant_store(struct plant *pl, struct cpu *c, u32 reg)
{
	enum reg r = reg_by_index(reg);

	pl->store = NULL;
	if (c->cur_vmid == pl->p || r == REG_NR || !any_value(r) || is_token(r))
		return;
	pl->store = published(c, ERRATUM_ACCESS_REGISTERS) ? &cur_ctxt(c)->r[r] : &c->regs.r[r];
	pl->kept = *pl->store;
	*pl->store = value(pl, SECRET_STORES, c->cur_vmid, secret_place(c->id, r));
}

void plant_stored(struct plant *pl)
{
	if (pl->store)
		*pl->store = pl->kept;
	pl->store = NULL;
}
