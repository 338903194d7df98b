/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Range checks and address arithmetic of the published machine.  [Constants, RData, HypsecCommLib] */
#include "sim/base/consts.h"

/* What SMMU_HOST_OFFSET may be, so that a page of the host has a device address (erratum smmu-host-offset). */
enum { SMMU_HOST_OFFSET_INTENDED = 1u << 27 };

/* Bytes of one grant or revoke at most, as many as a block has (erratum guest-outside-spec). */
enum { GRANT_SIZE_INTENDED = PMD_SIZE };

/* s2_gfn of a page of the host.  SOURCE: no device address is so high (update_smmu_page) */
static inline u64 smmu_host_gfn(u64 pfn, bool published)
{
	return pfn + (published ? SMMU_HOST_OFFSET : SMMU_HOST_OFFSET_INTENDED);
}

/* rely is_x: false means stuck. */
static inline bool is_vm(u64 vmid)
{
	return vmid > HOSTVISOR && vmid < COREVISOR;
}

static inline bool is_vmid(u64 vmid)
{
	return vmid <= COREVISOR;
}

static inline bool is_addr(u64 addr)
{
	return addr < KVM_ADDR_SPACE;
}

static inline bool is_paddr(u64 addr)
{
	return addr < KVM_PHYS_SIZE;
}

static inline bool is_pfn(u64 pfn)
{
	return pfn < KVM_PFN_SPACE;
}

static inline bool is_gfn(u64 gfn)
{
	return gfn < KVM_GFN_SPACE;
}

static inline bool is_load_idx(u64 idx)
{
	return idx < MAX_LOAD_INFO_NUM;
}

static inline bool is_reg(u64 idx)
{
	return idx < MAX_REGISTER_NUM;
}

static inline bool is_memblock(u64 idx)
{
	return idx < MAX_MEMBLOCK_NUM;
}

static inline bool is_s2page(u64 idx)
{
	return idx < MAX_S2PAGE_NUM;
}

static inline bool is_smmu(u64 index)
{
	return index < SMMU_NUM;
}

static inline bool is_smmu_cfg(u64 cbndx)
{
	return cbndx < SMMU_NUM_CTXT_BANKS;
}

static inline bool is_smmu_addr(u64 addr)
{
	return addr < KVM_PHYS_SIZE;
}

/* Bits 12..47: the address of the page that an entry names. */
static inline u64 phys_page(u64 a)
{
	return a & PHYS_MASK & PAGE_MASK;
}

static inline u64 pmd_page(u64 a)
{
	return a & PHYS_MASK & PMD_PAGE_MASK;
}

/* pmd_table pmd = PMD_TYPE_TABLE: the entry names a table, not a block. */
static inline bool is_table(u64 entry)
{
	return (entry & PMD_TYPE_TABLE) == PMD_TYPE_TABLE;
}

static inline u64 stage2_pgd_index(u64 a)
{
	return (a >> S2_PGDIR_SHIFT) & (PTRS_PER_S2_PGD - 1);
}

static inline u64 pgd_index(u64 a)
{
	return (a >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1);
}

static inline u64 pud_index(u64 a)
{
	return (a >> PUD_SHIFT) & 511;
}

static inline u64 pmd_index(u64 a)
{
	return (a >> PMD_SHIFT) & (PTRS_PER_PMD - 1);
}

static inline u64 pte_index(u64 a)
{
	return (a >> PAGE_SHIFT) & 511;
}

/* Byte addresses within the pools of a VM's stage-2 table. */
static inline u64 pool_start(vmid_t vmid)
{
	return PT_POOL_START + (u64)PT_POOL_PER_VM * vmid;
}

static inline u64 pgd_start(vmid_t vmid)
{
	return pool_start(vmid) + PGD_OFFSET;
}

static inline u64 pud_start(vmid_t vmid)
{
	return pool_start(vmid) + PUD_OFFSET;
}

static inline u64 pmd_start(vmid_t vmid)
{
	return pool_start(vmid) + PMD_OFFSET;
}

static inline u64 pool_end(vmid_t vmid)
{
	return pool_start(vmid) + PT_POOL_PER_VM;
}

static inline u64 pt_vttbr(vmid_t vmid)
{
	return pool_start(vmid) | (u64)vmid << VTTBR_VMID_SHIFT;
}

static inline u32 smmu_id(u32 index, u32 cbndx)
{
	return index * SMMU_NUM_CTXT_BANKS + cbndx;
}

static inline u64 SMMU_TTBR(u32 index, u32 cbndx)
{
	return SMMU_POOL_START + (u64)smmu_id(index, cbndx) * 2 * PAGE_SIZE;
}
