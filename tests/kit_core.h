/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a host and a guest do at the core: registers, and a call of the entry. */
#include "cpu/cpu.h"

/* The host calls. */
void kit_hvc(struct cpu *c, u64 nr, u64 x1, u64 x2, u64 x3, u64 x4);
/* The host faults on a page: its own is mapped; of a VM's that is not shared it halts the machine. */
void kit_host_fault(struct cpu *c, u64 pfn);
/* The guest at 0x1000 traps, with a page at @addr as an argument. */
void kit_trap(struct cpu *c, u64 class, u64 x0, u64 addr);

/* params.core_doracle: vCPU 0, no fault. */
u64 kit_core_zero(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n);
