// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/ctxt_switch.h"

#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/switch_regs.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/vcpu_ops.h"

void save_host(struct cpu *c)
{
	save_sysregs(c);
	fpsimd_save_state(c);
}

void restore_host(struct cpu *c)
{
	set_per_cpu(c, HOSTVISOR, 0);
	host_el2_restore_state(c);
	restore_sysregs(c);
	fpsimd_restore_state(c);
}

void save_vm(struct cpu *c)
{
	save_sysregs(c);
	fpsimd_save_state(c);
	deactivate_traps(c);
	timer_enable_traps(c);
	save_shadow_kvm_regs(c);
	set_vcpu_inactive(c, get_cur_vmid(c), get_cur_vcpuid(c));
}

/* SOURCE: asks whether the VM's number is that of a vCPU, and nothing of the vCPU's */
static bool vcpu_ok(const struct cpu *c, u64 vmid, u64 vcpuid)
{
	return is_vcpu(c, published(c, ERRATUM_RUN_VCPUID) ? vmid : vcpuid);
}

static void run_vcpu(struct cpu *c, vmid_t vmid, vcpuid_t vcpuid)
{
	set_per_cpu(c, vmid, vcpuid);
	set_vcpu_active(c, vmid, vcpuid);
	restore_shadow_kvm_regs(c);
	vm_el2_restore_state(c);
	timer_enable_traps(c);
	activate_traps(c);
	restore_sysregs(c);
	fpsimd_restore_state(c);
}

void restore_vm(struct cpu *c)
{
	u64 vmid = get_shadow_ctxt(c, get_cur_vmid(c), get_cur_vcpuid(c), CTXT_X0);

	if (is_vm(vmid)) {
		u64 vcpuid = get_int_run_vcpuid(c, (vmid_t)vmid);

		if (vcpu_ok(c, vmid, vcpuid))
			run_vcpu(c, (vmid_t)vmid, (vcpuid_t)vcpuid);
		else
			panic(c, PANIC_RUN_VCPUID, vmid, vcpuid);
	} else {
		panic(c, PANIC_RUN_VMID, vmid);
	}
}
