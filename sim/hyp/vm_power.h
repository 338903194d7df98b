/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Layer: VMPower  over: MemoryOps */
#include "cpu/cpu.h"

/**
 * get_vm_poweron() - is a VM on?
 *
 * Returns 0 when its state is POWEROFF, and on a halted machine; else 1, whatever the state.  As intended 1 as well while a
 * vCPU of it is ACTIVE, and once it is 0 it stays so: a vCPU begins to run only when the VM is VERIFIED.  Atomic event: OVM_GET.
 *
 * Source: VMPower, get_vm_poweron_spec0.  Erratum poweroff-other-vcpu
 * Locks:  INFO(vmid)
 * Stuck:  STUCK_RANGE; as acquire_lock_vm()
 */
u32 get_vm_poweron(struct cpu *c, u32 vmid);

/**
 * set_vm_poweroff() - a VM is off from now on, whatever its state was
 *
 * Atomic event: OVM_POWEROFF.
 * Source: VMPower, set_vm_poweroff_spec0
 * Locks:  INFO(vmid)
 * Stuck:  STUCK_RANGE; as acquire_lock_vm()
 */
void set_vm_poweroff(struct cpu *c, u32 vmid);
