// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/trap.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"
#include "cpu/mode.h"
#include "cpu/switch_regs.h"
#include "sim/hyp/api.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/ctxt_switch.h"
#include "sim/hyp/fault.h"
#include "sim/hyp/mem_handler.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/vm_crypt.h"

enum { HVC_NONE = 0, HVC_N_ARGS = 6 };

/*
 * The number that Constants gives the call of @nr.
 * SOURCE: the body compares the two registering calls with 26 and 27, the numbers of two that it does not have
 */
static u64 hvc_number(const struct cpu *c, u64 nr)
{
	if (published(c, ERRATUM_HVC_NUMBERS)) {
		if (nr == 26)
			return HVC_REGISTER_KVM;
		if (nr == 27)
			return HVC_REGISTER_VCPU;
		if (nr == HVC_REGISTER_KVM || nr == HVC_REGISTER_VCPU)
			return HVC_NONE;
	}
	if (published(c, ERRATUM_CRYPT_HYPERCALLS) && nr >= HVC_ENCRYPT_BUF)
		return HVC_NONE;
	return nr;
}

/* SOURCE: the start may be beyond the physical addresses, and in each specification the end may */
static bool clear_range_ok(const struct cpu *c, u64 start, u64 size)
{
	if (!is_paddr(size) ||
	    !(published(c, ERRATUM_CLEAR_RANGE_BOUND) ? is_addr(start) : is_paddr(start)))
		return false;
	return published(c, ERRATUM_HOST_OUTSIDE_SPEC) || is_paddr(start + size);
}

/* SOURCE: the sums wrap, nothing else bounds an argument, and the VM may be 0 or 16 */
static bool ioremap_ok(const struct cpu *c, u64 vmid, u64 gpa, u64 pa, u64 size)
{
	u64 whole = (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;

	if (published(c, ERRATUM_IOREMAP_BOUND))
		return is_vmid(vmid) && is_addr(gpa + size) && is_paddr(pa + size);
	return is_vm(vmid) && is_addr(gpa) && is_paddr(pa) && is_paddr(size) &&
	       is_addr(gpa + whole) && is_paddr(pa + whole);
}

static void answer(struct cpu *c, u64 value)
{
	set_shadow_ctxt(c, c->cur_vmid, c->cur_vcpuid, CTXT_X0, value);
}

static void hvc(struct cpu *c, const u64 *x)
{
	switch (hvc_number(c, x[0])) {
#define HVC(number, ranges, call)                                               \
	case number:                                                            \
		if (ranges)                                                     \
			(void)call;                                             \
		else                                                            \
			panic(c, PANIC_CALL_ARGUMENTS, x[0], x[1], x[2], x[3]); \
		break;
#define HVC_X0(number, ranges, call)                                            \
	case number:                                                            \
		if (ranges)                                                     \
			answer(c, call);                                        \
		else                                                            \
			panic(c, PANIC_CALL_ARGUMENTS, x[0], x[1], x[2], x[3]); \
		break;
#include "sim/hyp/hvc.def"
	default:
		break;
	}
}

void host_hvc_dispatcher(struct cpu *c)
{
	u32 vmid = get_cur_vmid(c), vcpuid = get_cur_vcpuid(c);
	u64 x[HVC_N_ARGS];

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	for (u32 i = 0; i < HVC_N_ARGS; i++)
		x[i] = get_shadow_ctxt(c, vmid, vcpuid, CTXT_X0 + i);
	hvc(c, x);
}

/* SOURCE: classes that save_shadow_kvm_regs() prepares for the host never get there */
static bool for_the_host(const struct cpu *c, u64 type)
{
	return !published(c, ERRATUM_EXIT_CLASSES) &&
	       (type == ESR_ELx_EC_WFx || type == ESR_ELx_EC_HVC32 || type == ESR_ELx_EC_IABT_LOW ||
	        type == ESR_ELx_EC_DABT_LOW);
}

u32 vm_exit_dispatcher(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	u64 type = get_shadow_ctxt(c, vmid, vcpuid, CTXT_ESR_EL2) / 67108864 & 63;
	u32 ret = 0;

	if (type == ESR_ELx_EC_SYS64)
		core_handle_sys64(c);
	else if (type == ESR_ELx_EC_HVC64)
		ret = core_handle_pvops(c);
	else if (for_the_host(c, type))
		ret = 1;
	else
		panic(c, PANIC_TRAP_CLASS, vmid, vcpuid, type);
	return check(c, ret);
}

void host_hvc_handler_raw(struct cpu *c)
{
	host_to_core(c);
	host_hvc_dispatcher(c);
	core_to_host(c);
}

void host_npt_handler_raw(struct cpu *c)
{
	host_to_core(c);
	handle_host_stage2_fault(c);
	core_to_host(c);
}

void host_vcpu_run_handler_raw(struct cpu *c)
{
	host_to_core(c);
	save_host(c);
	restore_vm(c);
	core_to_vm(c);
}

static void to_the_host(struct cpu *c)
{
	save_vm(c);
	restore_host(c);
	core_to_host(c);
}

void vm_exit_handler_raw(struct cpu *c)
{
	u32 vmid = get_cur_vmid(c), vcpuid = get_cur_vcpuid(c);
	u64 ec;

	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid) && is_vcpu(c, vcpuid), STUCK_RANGE, vmid, vcpuid);
	vm_to_core(c);
	exit_populate_fault(c);
	ec = get_shadow_ctxt(c, vmid, vcpuid, CTXT_EC);
	if (ec == ARM_EXCEPTION_TRAP) {
		if (vm_exit_dispatcher(c, vmid, vcpuid) == 0)
			core_to_vm(c);
		else
			to_the_host(c);
	} else if (ec == ARM_EXCEPTION_INTERRUPT) {
		to_the_host(c);
	} else {
		panic(c, PANIC_EXIT_REASON, vmid, vcpuid, ec);
	}
}

/* The core begins, for the host or a guest; false: the machine has halted. */
static bool enter(struct cpu *c, bool ihost, enum core_entry how, const char *entry)
{
	RELY_OF(entry, c, mode_is(c, ihost), STUCK_MODE, c->ihost, c->icore);
	if (cpu_halted(c))
		return false;
	mode_enter_core(c, how);
	return true;
}

/* It ends; on a halted machine it does not. */
static void leave(struct cpu *c, bool ihost)
{
	if (!cpu_halted(c))
		mode_leave_core(c, ihost);
}

void host_hvc_handler(struct cpu *c)
{
	if (!enter(c, true, ENTRY_HVC, __func__))
		return;
	host_hvc_handler_raw(c);
	leave(c, true);
}

void host_npt_handler(struct cpu *c)
{
	if (!enter(c, true, ENTRY_FAULT, __func__))
		return;
	host_npt_handler_raw(c);
	leave(c, true);
}

void host_vcpu_run_handler(struct cpu *c)
{
	if (!enter(c, true, ENTRY_RUN, __func__))
		return;
	host_vcpu_run_handler_raw(c);
	leave(c, false);
}

void vm_exit_handler(struct cpu *c)
{
	if (!enter(c, false, ENTRY_EXIT, __func__))
		return;
	vm_exit_handler_raw(c);
	leave(c, c->cur_vmid == HOSTVISOR);
}
