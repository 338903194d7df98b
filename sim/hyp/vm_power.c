// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/vm_power.h"

#include "cpu/op.h"
#include "shmem/fields.h"
#include "shmem/locks.h"

u32 get_vm_poweron(struct cpu *c, u32 vmid)
{
	u32 on;

	if (cpu_halted(c))
		return 0;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid);
	OP_BEGIN(c, get_vm_poweron, vmid);
	acquire_lock_vm(c, vmid);
	on = get_vm_state(c, vmid) == POWEROFF ? 0 : 1;
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
