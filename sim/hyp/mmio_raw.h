/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an access of the host to an SMMU's registers is made of.
 *
 * Layer: MmioRaw  over: BootOps
 *
 * No locks, no events.
 */
#include "cpu/cpu.h"

/* Register space of an SMMU: global registers below, then a page for each context bank.  [MmioRawSpec] */
enum { SMMU_GLOBAL_BASE = 0x8000, ARM_SMMU_PGSHIFT = 12 };

/* Attributes of an entry (erratum smmu-pte-attrs): access flag, inner shareable. */
enum { SMMU_PTE_ATTRS_INTENDED = 0x700 };

/**
 * host_get_mmio_data() - the value that the host wants to write
 * @hsr: syndrome; its register 31 reads 0
 *
 * A halted machine answers 0.
 *
 * Source: MmioRaw, host_get_mmio_data_spec0
 * Stuck:  STUCK_RANGE (cur_vcpuid)
 */
u64 host_get_mmio_data(struct cpu *c, u32 hsr);

/**
 * smmu_init_pte() - a leaf entry; pure, also on a halted machine
 * @prot: attributes, < 2^63 - 1
 * @addr: of the frame, in bytes, < 2^48
 *
 * Source: MmioRaw, smmu_init_pte_spec0.  Erratum smmu-pte-attrs
 * Stuck:  STUCK_RANGE
 */
u64 smmu_init_pte(struct cpu *c, u64 prot, u64 addr);

/**
 * smmu_get_cbndx() - the context bank 0..7 whose page an offset names; pure, also on a halted machine
 * @offset: in the register space, in bytes; SMMU_GLOBAL_BASE..0xffff
 *
 * Source: MmioRaw, smmu_get_cbndx_spec0
 * Stuck:  STUCK_RANGE
 */
u32 smmu_get_cbndx(struct cpu *c, u64 offset);
