/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A fault of the host, and the two hypercalls of guests that the core answers itself.
 *
 * Layer: FaultHandler  over: MemHandler
 *
 * Called with no lock held.  A halted machine: they answer 0 or do nothing.
 */
#include "cpu/cpu.h"

/**
 * handle_host_stage2_fault() - the host has touched an address that it does not have: a device register, or a page
 *
 * Source: FaultHandler, handle_host_stage2_fault_spec.  Errata: hpfar-mask, host-outside-spec
 * Locks:  SMMU; then S2PAGE > NPT(HOSTVISOR)
 * Panics: emulate_mmio(); map_page_host(); erratum intended: an address that is not is_paddr, no lock is held then
 * Stuck:  STUCK_RANGE (esr_el2 of more than 32 bits; emulate_mmio(); map_page_host())
 */
void handle_host_stage2_fault(struct cpu *c);

/**
 * core_handle_pvops() - the guest grants (x0 = 11) or revokes (12) the pages of x3 bytes from x2 on; 1: not for the core
 *
 * Address and size are the guest's, and as published not looked at before.
 *
 * Source: FaultHandler, core_handle_pvops_spec.  Erratum guest-outside-spec
 * Locks:  for each page NPT(cur_vmid); NPT(cur_vmid); S2PAGE, inside it NPT(HOSTVISOR)
 * Panics: no guest runs here; revoke_vm_page()
 * Stuck:  STUCK_RANGE (erratum published: also addresses and sizes beyond the guest's)
 */
u32 core_handle_pvops(struct cpu *c);
