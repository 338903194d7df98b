// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/npt.h"

#include "shmem/guard.h"

/* The pool that an address in [pool_start, pool_end) falls in, as the field that holds its entries. */
static u32 pool_of(vmid_t vmid, u64 addr)
{
	if (addr < pgd_start(vmid))
		return F_NPT_pt_vttbr_pool;
	if (addr < pud_start(vmid))
		return F_NPT_pt_pgd_pool;
	if (addr < pmd_start(vmid))
		return F_NPT_pt_pud_pool;
	return F_NPT_pt_pmd_pool;
}

static bool in_pool(vmid_t vmid, u64 addr)
{
	return is_vmid(vmid) && pool_start(vmid) <= addr && addr < pool_end(vmid);
}

u64 pt_load(struct cpu *c, vmid_t vmid, u64 addr)
{
	const struct obj *o;

	if (cpu_halted(c))
		return 0;
	RELY(c, in_pool(vmid, addr), STUCK_RANGE, vmid, addr);
	o = GUARDED(c, NPT_ID + vmid, vmid, addr);
	RELY(c, addr % sizeof(u64) == 0, STUCK_UNALIGNED, vmid, addr);
	return cell_read(c, o, pool_of(vmid, addr), addr);
}

void pt_store(struct cpu *c, vmid_t vmid, u64 addr, u64 value)
{
	struct obj *o;
	u32 pool;
	bool leaf;

	if (cpu_halted(c))
		return;
	RELY(c, in_pool(vmid, addr), STUCK_RANGE, vmid, addr, value);
	o = GUARDED(c, NPT_ID + vmid, vmid, addr, value);
	RELY(c, addr % sizeof(u64) == 0, STUCK_UNALIGNED, vmid, addr, value);
	pool = pool_of(vmid, addr);
	leaf = pool == F_NPT_pt_pmd_pool || (pool == F_NPT_pt_pud_pool && !is_table(value));
	RELY(c, !leaf || c->tstate == 0, STUCK_TSTATE, vmid, addr, value);
	cell_write(c, o, pool, addr, value);
	if (leaf)
		c->tstate = 1;
}

u64 get_pt_vttbr(struct cpu *c, vmid_t vmid)
{
	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	return pt_vttbr(vmid);
}

void set_pt_vttbr(struct cpu *c, vmid_t vmid, u64 vttbr)
{
	(void)c;
	(void)vmid;
	(void)vttbr;
}
