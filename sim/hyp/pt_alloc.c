// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/pt_alloc.h"

#include "shmem/fields.h"

u64 alloc_pgd_page(struct cpu *c, u32 vmid)
{
	u64 next, end;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	next = get_pgd_next(c, vmid);
	end = pud_start(vmid);
	RELY(c, pgd_start(vmid) <= next && next <= end, STUCK_RANGE, vmid, next);
	if (next + PAGE_SIZE <= end)
		set_pgd_next(c, vmid, next + PAGE_SIZE);
	else
		panic(c, PANIC_PGD_POOL, vmid, next);
	return check64(c, next);
}

u64 alloc_pud_page(struct cpu *c, u32 vmid)
{
	u64 next, end;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	next = get_pud_next(c, vmid);
	end = pmd_start(vmid);
	RELY(c, pud_start(vmid) <= next && next <= end, STUCK_RANGE, vmid, next);
	if (next + PAGE_SIZE <= end)
		set_pud_next(c, vmid, next + PAGE_SIZE);
	else
		panic(c, PANIC_PUD_POOL, vmid, next);
	return check64(c, next);
}

u64 alloc_pmd_page(struct cpu *c, u32 vmid)
{
	u64 next, end;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	next = get_pmd_next(c, vmid);
	end = pool_end(vmid);
	RELY(c, pmd_start(vmid) <= next && next <= end, STUCK_RANGE, vmid, next);
	if (next + PAGE_SIZE <= end)
		set_pmd_next(c, vmid, next + PAGE_SIZE);
	else
		panic(c, PANIC_PMD_POOL, vmid, next);
	return check64(c, next);
}
