// SPDX-License-Identifier: GPL-2.0-only
/* A fault of the host at the registers of an SMMU.  [TrapHandlerSpec: handle_host_mmio_spec_h; spec/31 section 6, 7.1] */
#include "oracle/spec/steps.h"

/* What MmioRawSpec has beside Constants. */
enum { GLOBAL_BASE = 32768 };

/**
 * struct access - of the host
 * @ipa: the address; @data: what a store stores
 */
struct access {
	u64 ipa, offset, data;
	u32 index, rt, len;
	bool store;
};

enum answer { REFUSED, ALLOWED, OWN_TTBR, NO_ANSWER };

/* is_smmu_range: the last one that has the address, or INVALID. */
static u32 find_smmu(const struct abs *s, u64 addr)
{
	const struct smmu_conf *f = &s->fixed->smmu;
	u32 found = INVALID;

	for (u32 i = 0; i < f->smmu_num; i++)
		if (addr >= f->smmu_phys_base[i] && addr < f->smmu_phys_base[i] + f->smmu_size[i])
			found = i;
	return found;
}

/* The CBAR of bank @n: which VM it names must be its owner. */
static enum answer check_cbar(struct abs *s, const struct access *a, u64 n, u64 data)
{
	u64 owner = n < SMMU_NUM_CTXT_BANKS ? abs_bank(s, smmu_id(a->index, (u32)n)) : INVALID;

	/* 31/E10: as published there is no such step; as intended the store is refused */
	if (!is_vmid(owner))
		return abs_published(s, ERRATUM_SMMU_GR1) ? NO_ANSWER : REFUSED;
	if (owner == HOSTVISOR)
		return ALLOWED;
	return data >> CBAR_TYPE_SHIFT == CBAR_TYPE_S2_TRANS && owner == (data & CBAR_VMID_MASK)
	               ? ALLOWED
	               : REFUSED;
}

/* handle_smmu_global_access, handle_smmu_cb_access: may the host store @data at @offset? */
static enum answer check_at(struct abs *s, const struct access *a, u64 offset, u64 data)
{
	/* 31/E9: as published offset 4096, the CBAR of bank 0, is not looked at */
	u64 first = ARM_SMMU_GR1_BASE + (abs_published(s, ERRATUM_SMMU_CBAR0) ? 1 : 0);

	if (offset >= GLOBAL_BASE) {
		u64 reg = (offset - GLOBAL_BASE) & ARM_SMMU_PGSHIFT_MASK;

		return reg == ARM_SMMU_CB_TTBR0        ? OWN_TTBR
		       : reg == ARM_SMMU_CB_CONTEXTIDR ? REFUSED
		                                       : ALLOWED;
	}
	if (offset == ARM_SMMU_GR0_sCR0)
		return data >> sCR0_SMCFCFG_SHIFT & 1 ? ALLOWED : REFUSED;
	if (offset == ARM_SMMU_GR0_sCR2)
		return (data & 255) == 0 ? ALLOWED : REFUSED;
	if (offset >= first && offset < ARM_SMMU_GR1_END)
		return check_cbar(s, a, (offset - ARM_SMMU_GR1_BASE) / 4, data);
	return ALLOWED;
}

static bool is_upper_ttbr(u64 offset)
{
	return offset >= GLOBAL_BASE &&
	       ((offset - GLOBAL_BASE) & ARM_SMMU_PGSHIFT_MASK) == ARM_SMMU_CB_TTBR0 + 4;
}

/*
 * 31/E11: as published the register at the address is looked at.  As intended each word that the store reaches is, and all of them
 * must be of one kind: what the host may store, or TTBR0's.
 */
static enum answer check_store(struct abs *s, const struct access *a)
{
	enum answer kind = ALLOWED;

	if (abs_published(s, ERRATUM_SMMU_WRITE_RANGE))
		return check_at(s, a, a->offset, a->data);
	if (a->len < 4 || a->offset % 4 || a->offset + a->len > SMMU_OFFSET_MASK + 1)
		return REFUSED;
	for (u32 i = 0; i < a->len / 4; i++) {
		u64 offset = a->offset + 4 * i;
		enum answer word = check_at(s, a, offset, a->data >> 32 * i & 0xffffffff);

		word = is_upper_ttbr(offset) ? OWN_TTBR : word;
		if (word == NO_ANSWER || word == REFUSED)
			return word;
		if (i > 0 && word != kind)
			return REFUSED;
		kind = word;
	}
	return kind;
}

/* host_skip_instr.  31/E14, 32/E-A3: as published it is the syndrome that changes.  Behind 2^64 - 4 there is no such step, or 0. */
static void skip_instruction(struct abs *s, struct effect *out)
{
	bool published = abs_published(s, ERRATUM_HOST_SKIP_INSTR);
	u64 next = s->regs->r[R_elr_el2] + 4;

	if (next < 4 && abs_published(s, ERRATUM_PC_OVERFLOW))
		effect_stuck(out);
	else
		effect_reg(out, (struct want_reg){ .reg = published ? R_esr_el2 : R_elr_el2,
		                                   .value = value_of(next) });
}

static void load(struct abs *s, const struct access *a, struct effect *out)
{
	struct value v;

	GOES(emulate_mmio, LOAD);
	v = effect_take(out, MV_STREAM_DATA, HOSTVISOR, INVALID64);
	v.mask = a->len == 8 ? ~0ull : 0xffffffff;
	if (a->rt < 31)
		effect_reg(out, (struct want_reg){ .saved = true,
		                                   .vmid = HOSTVISOR,
		                                   .vcpuid = (u16)s->vcpuid,
		                                   .reg = (u16)(R_x0 + a->rt),
		                                   .value = v });
	skip_instruction(s, out);
}

static void store(struct abs *s, const struct access *a, enum answer answer, struct effect *out)
{
	u64 v = a->data;

	switch (answer) {
	case NO_ANSWER:
		effect_stuck(out);
		return;
	case REFUSED:
		GOES(emulate_mmio, FORBIDDEN);
		effect_halts(out, LK(SMMU_ID));
		return;
	case OWN_TTBR:
		GOES(emulate_mmio, STORE_TTBR);
		v = SMMU_TTBR(a->index, (u32)(a->offset - GLOBAL_BASE) >> 12) >>
		    (is_upper_ttbr(a->offset) ? 32 : 0);
		break;
	case ALLOWED:
		GOES(emulate_mmio, STORE);
		/* 31/E8: as published 4 bytes reach the device as 0 */
		if (a->len == 4 && abs_published(s, ERRATUM_SMMU_WRITE32))
			v = 0;
		break;
	}
	out->device = true;
	out->write = (struct want_device){ a->ipa, a->len == 4 ? v & 0xffffffff : v, a->len };
	skip_instruction(s, out);
}

/*
 * OSMMU_GET addr hsr: emulate_mmio.  31/E20: the top specification forgets that SMMU stays held when the machine halts.
 * 31/E12: as published a machine of two SMMUs is stuck here.
 */
void handle_host_mmio_spec_h(struct abs *s, const u64 *arg, struct effect *out)
{
	u64 addr = arg[0], hsr = arg[1];
	u32 index = find_smmu(s, addr);
	struct access a = { .index = index,
		            .rt = hsr >> 16 & 31,
		            .len = 1u << ((hsr & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT),
		            .store = hsr & ESR_ELx_WNR };
	enum answer answer;

	GOES(emulate_mmio, NO_SMMU);
	if (!is_addr(addr) ||
	    (abs_published(s, ERRATUM_SMMU_NUM) && !is_smmu(s->fixed->smmu.smmu_num))) {
		effect_stuck(out);
		return;
	}
	out->result = index;
	if (index == INVALID)
		return;
	a.ipa = addr | (s->regs->r[R_far_el2] & (PAGE_SIZE - 1));
	a.offset = a.ipa & SMMU_OFFSET_MASK;
	a.data = a.rt < 31 ? s->saved->r[R_x0 + a.rt] : 0;
	if (!is_addr(a.ipa)) {
		effect_stuck(out);
		return;
	}
	answer = a.store ? check_store(s, &a) : ALLOWED;
	if (a.len != 4 && a.len != 8 && (answer == ALLOWED || answer == OWN_TTBR)) {
		GOES(emulate_mmio, BAD_SIZE);
		effect_halts(out, LK(SMMU_ID));
	} else if (a.store) {
		store(s, &a, answer, out);
	} else {
		load(s, &a, out);
	}
}
