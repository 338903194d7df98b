// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/fault.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mem_ops.h"
#include "sim/hyp/mmio_ops.h"

/* SOURCE: keeps the low bits, HPFAR_MASK; prep_abort() decodes the register as the architecture has it */
static u64 fault_addr(const struct cpu *c, u64 hpfar)
{
	return published(c, ERRATUM_HPFAR_MASK) ? (hpfar & HPFAR_MASK) * 256
	                                        : phys_page(hpfar / 16 * PAGE_SIZE);
}

void handle_host_stage2_fault(struct cpu *c)
{
	u64 addr = fault_addr(c, read_hpfar_el2(c)), esr = read_esr_el2(c);

	RELY(c, esr <= INVALID, STUCK_RANGE, addr, esr);
	if (emulate_mmio(c, addr, (u32)esr) != INVALID)
		return;
	/* SOURCE: the top specification bounds the address by 2^48, map_page_host by 2^40 (host_npt_handler_spec) */
	if (!published(c, ERRATUM_HOST_OUTSIDE_SPEC) && !is_paddr(addr))
		panic(c, PANIC_FAULT_BEYOND, addr);
	else
		map_page_host(c, addr);
}

/* SOURCE: the guest's address and size are not looked at, though the functions that get them rely on both */
static bool grant_ok(const struct cpu *c, u64 addr, u64 size)
{
	return published(c, ERRATUM_GUEST_OUTSIDE_SPEC) ||
	       (is_addr(addr) && size <= GRANT_SIZE_INTENDED && is_addr(addr + size));
}

/* A call of a guest's, if it is one that the core answers. */
static u32 pvops(struct cpu *c, vmid_t vmid, u64 arg, u64 addr, u64 size)
{
	if (arg != HVC_KVM_SET_DESC_PFN && arg != HVC_KVM_UNSET_DESC_PFN)
		return 1;
	if (!grant_ok(c, addr, size))
		return 0;
	if (arg == HVC_KVM_SET_DESC_PFN)
		grant_stage2_sg_gpa(c, vmid, addr, size);
	else
		revoke_stage2_sg_gpa(c, vmid, addr, size);
	return 0;
}

u32 core_handle_pvops(struct cpu *c)
{
	u32 vmid = get_cur_vmid(c), vcpuid = get_cur_vcpuid(c), ret = 0;
	u64 arg, addr, size;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	arg = get_shadow_ctxt(c, vmid, vcpuid, CTXT_X0);
	addr = get_shadow_ctxt(c, vmid, vcpuid, CTXT_X2);
	size = get_shadow_ctxt(c, vmid, vcpuid, CTXT_X3);
	if (!is_vm(vmid))
		panic(c, PANIC_CALL_OF_NO_VM, vmid);
	else
		ret = pvops(c, vmid, arg, addr, size);
	return check(c, ret);
}
