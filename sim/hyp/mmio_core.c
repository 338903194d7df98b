// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/mmio_core.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"
#include "cpu/intake.h"
#include "shmem/fields.h"
#include "shmem/spt.h"
#include "sim/hyp/mmio_raw.h"

/* What handle_smmu_cb_access() answers. */
enum { CB_FORBIDDEN, CB_THROUGH, CB_TTBR0 };

/* Bytes of a register, and of half a TTBR0. */
enum { WORD = 4 };

static u32 gr0_access(u64 offset, u64 data)
{
	if (offset == ARM_SMMU_GR0_sCR0)
		return (data >> sCR0_SMCFCFG_SHIFT) & 1;
	if (offset == ARM_SMMU_GR0_sCR2)
		return (data & 0xff) == 0;
	return 1;
}

/* CBARs: a word for each bank, and words of banks that there are not. */
static u32 gr1_access(struct cpu *c, u32 hsr, u64 offset, u64 data, u32 index)
{
	const char *prim = "handle_smmu_global_access";
	u32 n = (u32)(offset - ARM_SMMU_GR1_BASE) / 4, vmid;

	RELY_OF(prim, c, is_smmu(index), STUCK_RANGE, hsr, offset, index);
	if (!published(c, ERRATUM_SMMU_GR1) && !is_smmu_cfg(n))
		return 0;
	vmid = get_smmu_cfg_vmid(c, n, index);
	if (published(c, ERRATUM_SMMU_GR1))
		RELY_OF(prim, c, is_vmid(vmid), STUCK_RANGE, hsr, offset, index);
	if (vmid == HOSTVISOR)
		return 1;
	return data >> CBAR_TYPE_SHIFT == CBAR_TYPE_S2_TRANS && (data & CBAR_VMID_MASK) == vmid;
}

/* SOURCE: offset 4096 is taken for a global register (handle_smmu_global_access_spec) */
static bool is_gr0(const struct cpu *c, u64 offset)
{
	return published(c, ERRATUM_SMMU_CBAR0) ? offset <= ARM_SMMU_GR1_BASE
	                                        : offset < ARM_SMMU_GR1_BASE;
}

/* May the host write @data at @offset, which is below the context banks' pages? */
static u32 global_access(struct cpu *c, u32 hsr, u64 offset, u64 data, u32 index)
{
	if (is_gr0(c, offset))
		return gr0_access(offset, data);
	if (offset < ARM_SMMU_GR1_END)
		return gr1_access(c, hsr, offset, data, index);
	return 1;
}

u32 handle_smmu_global_access(struct cpu *c, u32 hsr, u64 offset, u32 smmu_index)
{
	u64 data;

	if (cpu_halted(c))
		return 0;
	RELY(c, c->lock[SMMU_ID] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, hsr, offset, smmu_index);
	data = host_get_mmio_data(c, hsr);
	return check(c, global_access(c, hsr, offset, data, smmu_index));
}

u32 handle_smmu_cb_access(struct cpu *c, u64 offset)
{
	u64 cb_offset = (offset - SMMU_GLOBAL_BASE) & ARM_SMMU_PGSHIFT_MASK;
	u32 ret;

	RELY(c, offset >= SMMU_GLOBAL_BASE, STUCK_RANGE, offset);
	if (cb_offset == ARM_SMMU_CB_TTBR0)
		ret = CB_TTBR0;
	else if (cb_offset == ARM_SMMU_CB_CONTEXTIDR)
		ret = CB_FORBIDDEN;
	else
		ret = CB_THROUGH;
	return check(c, ret);
}

/* SOURCE: 4 bytes are @val whatever @write_val is (__handle_smmu_write) */
void __handle_smmu_write(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len, u64 val, u32 write_val)
{
	if (cpu_halted(c))
		return;
	if (len == 8) {
		if (write_val == 0)
			val = host_get_mmio_data(c, hsr);
		writeq_relaxed(c, val, fault_ipa);
	} else if (len == 4) {
		if (write_val == 0 && !published(c, ERRATUM_SMMU_WRITE32))
			val = host_get_mmio_data(c, hsr);
		writel_relaxed(c, val, fault_ipa);
	} else {
		panic(c, PANIC_MMIO_LENGTH, fault_ipa, len);
	}
}

void __handle_smmu_read(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len)
{
	u32 rt = host_dabt_get_rd(c, hsr), vcpuid;

	if (cpu_halted(c))
		return;
	vcpuid = get_cur_vcpuid(c);
	RELY(c, is_vcpu(c, vcpuid), STUCK_RANGE, hsr, fault_ipa, len);
	if (len == 8)
		set_shadow_ctxt(c, HOSTVISOR, vcpuid, rt, readq_relaxed(c, fault_ipa));
	else if (len == 4)
		set_shadow_ctxt(c, HOSTVISOR, vcpuid, rt, readl_relaxed(c, fault_ipa));
	else
		panic(c, PANIC_MMIO_LENGTH, fault_ipa, len);
}

/* A write into a context bank's page. */
static void write_cb(struct cpu *c, u32 hsr, u64 fault_ipa, u64 offset, u32 len, u32 index)
{
	u32 ret = handle_smmu_cb_access(c, offset);

	if (ret == CB_FORBIDDEN) {
		panic(c, PANIC_MMIO_BANK, fault_ipa, index);
	} else if (ret == CB_TTBR0) {
		u32 cbndx = smmu_get_cbndx(c, offset);

		__handle_smmu_write(c, hsr, fault_ipa, len, get_smmu_cfg_hw_ttbr(c, cbndx, index),
		                    1);
	} else {
		__handle_smmu_write(c, hsr, fault_ipa, len, 0, 0);
	}
}

/* What may come to the word at @offset of an SMMU's registers, of which the host's is @data. */
static u32 word_access(struct cpu *c, u32 hsr, u64 offset, u64 data, u32 index)
{
	u64 cb_offset = (offset - SMMU_GLOBAL_BASE) & ARM_SMMU_PGSHIFT_MASK;

	if (offset > SMMU_OFFSET_MASK)
		return CB_FORBIDDEN; /* behind the last one */
	if (offset < SMMU_GLOBAL_BASE)
		return global_access(c, hsr, offset, data, index) ? CB_THROUGH : CB_FORBIDDEN;
	if (cb_offset == ARM_SMMU_CB_TTBR0 || cb_offset == ARM_SMMU_CB_TTBR0 + WORD)
		return CB_TTBR0;
	return cb_offset == ARM_SMMU_CB_CONTEXTIDR ? CB_FORBIDDEN : CB_THROUGH;
}

/* The same of all that @len bytes reach. */
static u32 range_access(struct cpu *c, u32 hsr, u64 offset, u32 len, u32 index)
{
	u64 data = host_get_mmio_data(c, hsr);
	u32 first;

	if (offset % WORD != 0)
		return CB_FORBIDDEN;
	first = word_access(c, hsr, offset, data & INVALID, index);
	if (first == CB_FORBIDDEN || len == WORD)
		return first;
	return word_access(c, hsr, offset + WORD, data >> 32, index) == first ? first
	                                                                      : CB_FORBIDDEN;
}

/* Erratum smmu-write-range, as intended. */
static void write_range(struct cpu *c, u32 hsr, u64 fault_ipa, u64 offset, u32 len, u32 index)
{
	u32 ret = len < WORD ? CB_THROUGH : range_access(c, hsr, offset, len, index);

	if (ret == CB_FORBIDDEN && offset < SMMU_GLOBAL_BASE) {
		panic(c, PANIC_MMIO_GLOBAL, fault_ipa, index);
	} else if (ret == CB_FORBIDDEN) {
		panic(c, PANIC_MMIO_BANK, fault_ipa, index);
	} else if (ret == CB_TTBR0) {
		u64 ttbr = get_smmu_cfg_hw_ttbr(c, smmu_get_cbndx(c, offset), index);
		bool upper = (offset & ARM_SMMU_PGSHIFT_MASK) != ARM_SMMU_CB_TTBR0;

		__handle_smmu_write(c, hsr, fault_ipa, len, upper ? ttbr >> 32 : ttbr, 1);
	} else {
		__handle_smmu_write(c, hsr, fault_ipa, len, 0, 0);
	}
}

void handle_smmu_write(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len, u32 index)
{
	u64 offset = fault_ipa & SMMU_OFFSET_MASK;

	RELY(c, is_addr(fault_ipa) && is_smmu(index), STUCK_RANGE, hsr, fault_ipa, len, index);
	if (cpu_halted(c))
		return;
	RELY(c, c->lock[SMMU_ID] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, hsr, fault_ipa, len, index);
	RELY(c, is_vcpu(c, c->cur_vcpuid), STUCK_RANGE, hsr, fault_ipa, len, index);
	/* SOURCE: what is at the address is looked at, and not what the bytes reach behind it */
	if (!published(c, ERRATUM_SMMU_WRITE_RANGE))
		write_range(c, hsr, fault_ipa, offset, len, index);
	else if (offset >= SMMU_GLOBAL_BASE)
		write_cb(c, hsr, fault_ipa, offset, len, index);
	else if (handle_smmu_global_access(c, hsr, offset, index) == 0)
		panic(c, PANIC_MMIO_GLOBAL, fault_ipa, index);
	else
		__handle_smmu_write(c, hsr, fault_ipa, len, 0, 0);
}

void handle_smmu_read(struct cpu *c, u32 hsr, u64 fault_ipa, u32 len)
{
	__handle_smmu_read(c, hsr, fault_ipa, len);
}
