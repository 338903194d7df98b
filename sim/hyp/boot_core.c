// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/boot_core.h"

#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/mem_ops.h"
#include "sim/hyp/npt_ops.h"

u32 gen_vmid(struct cpu *c)
{
	u32 vmid;

	OP_BEGIN(c, gen_vmid);
	acquire_lock_core(c);
	vmid = get_next_vmid(c);
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	if (vmid < COREVISOR)
		set_next_vmid(c, vmid + 1);
	else
		panic(c, PANIC_VMIDS, vmid);
	release_lock_core(c);
	return check(c, OP_GIVE(c, gen_vmid, vmid));
}

u64 alloc_remap_addr(struct cpu *c, u64 pgnum)
{
	u64 remap;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_gfn(pgnum), STUCK_RANGE, pgnum);
	acquire_lock_core(c);
	remap = get_next_remap_ptr(c);
	RELY(c, is_addr(remap), STUCK_RANGE, pgnum, remap);
	if (remap + pgnum * PAGE_SIZE < REMAP_END)
		set_next_remap_ptr(c, remap + pgnum * PAGE_SIZE);
	else
		panic(c, PANIC_REMAP_SPACE, remap, pgnum);
	release_lock_core(c);
	return check64(c, remap);
}

/* SOURCE: asks for the 2 MB block's number, not for the entry, as the top specification does (unmap_and_load_loop_h) */
static bool nothing_mapped(const struct cpu *c, u64 pte)
{
	return published(c, ERRATUM_LOAD_FRAME_ZERO) ? phys_page(pte) / PMD_SIZE == 0 : pte == 0;
}

void unmap_and_load_vm_image(struct cpu *c, vmid_t vmid, u64 target_addr, u64 remap_addr, u64 num)
{
	u64 start = target_addr / PMD_SIZE * PMD_SIZE, end = target_addr + num * PAGE_SIZE;

	if (cpu_halted(c))
		return;
	RELY(c, is_vm(vmid) && is_addr(target_addr) && is_addr(remap_addr) && is_gfn(num),
	     STUCK_RANGE, vmid, target_addr, remap_addr, num);
	for (num = (end - start + PMD_SIZE - 1) / PMD_SIZE; num > 0 && !cpu_halted(c); num--) {
		u64 pte;

		RELY(c, is_addr(target_addr) && is_addr(remap_addr), STUCK_RANGE, vmid, target_addr,
		     remap_addr, num);
		pte = walk_s2pt(c, COREVISOR, remap_addr);
		if (nothing_mapped(c, pte))
			panic(c, PANIC_IMAGE_NOT_MAPPED, vmid, remap_addr, pte);
		else
			prot_and_map_vm_s2pt(c, vmid, start, phys_page(pte) / PMD_SIZE * PMD_SIZE,
			                     2);
		start += PMD_SIZE;
		remap_addr += start - target_addr; /* in the first turn: up to the next border */
		target_addr = start;
	}
}
