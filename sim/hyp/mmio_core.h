/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One access of the host to a register of an SMMU: what it may write, and what it reads.
 *
 * Layer: MmioCoreAux, MmioCore  over: MmioRaw
 *
 * None takes a lock or writes an event; "SMMU is held" means by the caller.  Written registers are devices', and no
 * part of the model's state.  A halted machine answers 0 or does nothing.
 *
 * @hsr: syndrome (cpu/dabt.h); @fault_ipa: address in bytes; @len: bytes of the access, 4 or 8: any other number panics
 */
#include "cpu/cpu.h"

/**
 * handle_smmu_global_access() - may the host write its data at this offset of the global registers?  0 or 1
 * @offset:     in bytes, < SMMU_GLOBAL_BASE
 * @smmu_index: 0..1; looked at for CBARs only
 *
 * sCR0 must have the bit SMCFCFG, sCR2 must name VMID 0, and the CBAR of a bank that is not the host's must name its
 * owner and nothing else.
 *
 * Source: MmioCoreAux, handle_smmu_global_access_spec0.  Errata: smmu-cbar0, smmu-gr1
 * Locks:  SMMU is held
 * Stuck:  STUCK_NOT_PULLED; STUCK_RANGE (cur_vcpuid; smmu_index, bank and owner of a CBAR)
 */
u32 handle_smmu_global_access(struct cpu *c, u32 hsr, u64 offset, u32 smmu_index);

/**
 * handle_smmu_cb_access() - what becomes of a write into a context bank's page: 0 forbidden, 1 it goes through, 2 it is
 * TTBR0, and the hypervisor's value is written
 * @offset: in bytes, >= SMMU_GLOBAL_BASE
 *
 * Only the first byte counts: an access at 36 reaches the upper half of TTBR0, an 8-byte one at 48 CONTEXTIDR (erratum
 * smmu-write-range: handle_smmu_write()).
 *
 * Source: MmioCoreAux, handle_smmu_cb_access_spec0
 * Stuck:  STUCK_RANGE, also on a halted machine
 */
u32 handle_smmu_cb_access(struct cpu *c, u64 offset);

/**
 * __handle_smmu_write() - write to the device
 * @val:       what the hypervisor wants there
 * @write_val: 0: the host's data instead
 *
 * Source: MmioCoreAux, __handle_smmu_write_spec0.  Erratum smmu-write32
 * Panics: @len
 * Stuck:  STUCK_RANGE (cur_vcpuid, where the host's data is asked for)
 */
void __handle_smmu_write(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len, u64 val, u32 write_val);

/**
 * __handle_smmu_read() - the next value of the host's data oracle goes to the register that @hsr names
 *
 * Source: MmioCoreAux, __handle_smmu_read_spec0
 * Panics: @len; then no value is taken
 * Stuck:  STUCK_RANGE (cur_vcpuid)
 */
void __handle_smmu_read(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len);

/**
 * handle_smmu_write() - a write of the host to SMMU @index 0..1
 * @fault_ipa: < 2^48; its low 16 bits are the offset, wherever the SMMU is
 *
 * As published what the first byte reaches decides.  As intended each word of 4 bytes that the write reaches: the host may write
 * it, or it is TTBR0's and gets the hypervisor's value; a write that is not of whole words, or of words of both kinds, or runs
 * out of the SMMU's registers, may not be.
 *
 * Source: MmioCore, handle_smmu_write_spec0.  Erratum smmu-write-range
 * Locks:  SMMU is held
 * Panics: the host may not write that; @len
 * Stuck:  STUCK_RANGE, also on a halted machine; STUCK_NOT_PULLED; STUCK_RANGE (cur_vcpuid); handle_smmu_global_access()
 */
void handle_smmu_write(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len, u32 index);

/**
 * handle_smmu_read() - a read of the host; every register may be read
 *
 * Source: MmioCore, handle_smmu_read_spec0
 * Panics: @len
 * Stuck:  STUCK_RANGE (cur_vcpuid)
 */
void handle_smmu_read(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len);
