// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/vm_power.h"

#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/locks.h"

/* SOURCE: only the state is asked for; SYSTEM_OFF sets it and stops no other vCPU (get_vm_poweron, prep_hvc) */
static bool is_off(struct cpu *c, u32 vmid)
{
	if (get_vm_state(c, vmid) != POWEROFF)
		return false;
	for (u32 i = 0; is_vcpu(c, i) && !published(c, ERRATUM_POWEROFF_OTHER_VCPU); i++)
		if (get_vcpu_state(c, vmid, i) == ACTIVE)
			return false;
	return true;
}

u32 get_vm_poweron(struct cpu *c, u32 vmid)
{
	u32 on;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, get_vm_poweron, vmid);
	acquire_lock_vm(c, vmid);
	on = is_off(c, vmid) ? 0 : 1;
	release_lock_vm(c, vmid);
	return check(c, OP_GIVE(c, get_vm_poweron, on));
}

void set_vm_poweroff(struct cpu *c, u32 vmid)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, set_vm_poweroff, vmid);
	acquire_lock_vm(c, vmid);
	set_vm_state(c, vmid, POWEROFF);
	release_lock_vm(c, vmid);
	OP_END(c, set_vm_poweroff);
}
