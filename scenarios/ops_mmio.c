// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host loads from and stores to registers of the SMMUs, which the core does for it.
 *
 * As published a write to the CBAR of a bank without an owner, and behind the last CBAR, is stuck (erratum smmu-gr1), and the
 * core looks at the register at the address alone: a write of 8 bytes reaches the one behind it as well, and 4 bytes
 * reach the upper half of TTBR0 (erratum smmu-write-range).  Writes are to CBARs of banks that have an owner; what they do to a
 * second register is legal there too; as published none is to TTBR0 but from its start, and none of 8 bytes to what CONTEXTIDR
 * is the upper half of.
 */
#include "scenarios/kit.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"
#include "sim/hyp/mmio_raw.h"

enum { NOTE_BANK, NOTE_NEXT, NOTE_BESIDE, NOTE_PC }; /* k->note; banks in use, or NO_BANK */

/* args */
enum { MMIO_ADDR, MMIO_HSR, MMIO_DATA, MMIO_ARGS };

#define NOTHING_YET INVALID64

enum {
	REGS_SIZE = SMMU_OFFSET_MASK + 1,
	CBARS_END = ARM_SMMU_GR1_BASE + 4 * SMMU_NUM_CTXT_BANKS,
	SCR0_ON = 1 << sCR0_SMCFCFG_SHIFT,
	SCR2_VMID = 0xff,
	CB_SIZE = 1 << ARM_SMMU_PGSHIFT,
	X_REGS = 31,
	HOST_PC = 0x8000,
	LAST = 64, /* one instruction of so many is the last that there is */
	TTBR0_UPPER = ARM_SMMU_CB_TTBR0 + 4,
	BEHIND_PAGES = 16, /* of devices, behind the last SMMU */
};

/* An access of @len bytes at @offset of SMMU @index. */
static bool access_args(struct kit_cpu *k, struct rng *r, struct operation *op, u64 index,
                        u64 offset, u32 len, bool write)
{
	u64 rt = rng_below(r, X_REGS), log2_len = (u64)__builtin_ctz(len);

	/* As published the call is stuck behind which nothing follows (erratum pc-overflow). */
	k->note[NOTE_PC] = HOST_PC;
	if (!errata_published(&k->kit->errata, ERRATUM_PC_OVERFLOW) && rng_below(r, LAST) == 0)
		k->note[NOTE_PC] = (u64)-4;
	op->n_args = MMIO_ARGS;
	op->args[MMIO_ADDR] = k->kit->fixed.smmu.smmu_phys_base[index] + offset;
	op->args[MMIO_HSR] = (u64)ESR_ELx_EC_DABT_LOW << ESR_ELx_EC_SHIFT |
	                     log2_len << ESR_ELx_SAS_SHIFT | rt << ESR_ELx_SRT_SHIFT |
	                     (write ? ESR_ELx_WNR : 0);
	return true;
}

static void set_len(struct operation *op, u32 len)
{
	op->args[MMIO_HSR] &= ~(u64)ESR_ELx_SAS;
	op->args[MMIO_HSR] |= (u64)__builtin_ctz(len) << ESR_ELx_SAS_SHIFT;
}

static u32 len_of(const struct operation *op)
{
	return 1u << ((op->args[MMIO_HSR] & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT);
}

static u32 rt_of(const struct operation *op)
{
	return (u32)(op->args[MMIO_HSR] >> ESR_ELx_SRT_SHIFT & ESR_ELx_SRT_MASK);
}

static u32 some_len(struct rng *r)
{
	return rng_below(r, 2) ? 8 : 4;
}

static u64 some_smmu(const struct kit_cpu *k, struct rng *r)
{
	return rng_below(r, k->kit->fixed.smmu.smmu_num);
}

/* Behind the registers of the last SMMU, where the host may have what it likes. */
static void no_smmu(const struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct smmu_conf *s = &k->kit->fixed.smmu;
	u32 last = s->smmu_num - 1;

	op->args[MMIO_ADDR] = s->smmu_phys_base[last] + s->smmu_size[last] +
	                      rng_below(r, BEHIND_PAGES) * PAGE_SIZE +
	                      op->args[MMIO_ADDR] % PAGE_SIZE;
}

static u64 *beside(struct cpu *c, const struct operation *op)
{
	return &c->regs.r[R_x0 + (rt_of(op) + 1) % X_REGS];
}

static void mmio_execute(struct cpu *c, struct kit_cpu *k, struct operation *op)
{
	u64 addr = op->args[MMIO_ADDR], *r = c->regs.r;

	k->note[NOTE_BESIDE] = *beside(c, op);
	c->device.bytes = 0;
	r[R_x0 + rt_of(op)] = op->args[MMIO_DATA];
	r[R_hpfar_el2] = published(c, ERRATUM_HPFAR_MASK) ? addr / PAGE_SIZE * (PAGE_SIZE / 256)
	                                                  : addr / PAGE_SIZE * 16;
	r[R_far_el2] = addr % PAGE_SIZE;
	r[R_esr_el2] = op->args[MMIO_HSR];
	r[R_elr_el2] = k->note[NOTE_PC];
	host_npt_handler(c);
	op->result = r[R_x0 + rt_of(op)];
}

/* The host goes on behind the instruction, with its other registers, and has got no page of registers. */
static bool goes_on(struct cpu *c, const struct kit_cpu *k, const struct operation *op)
{
	enum reg pc = published(c, ERRATUM_HOST_SKIP_INSTR) ? R_esr_el2 : R_elr_el2;

	return c->regs.r[pc] == k->note[NOTE_PC] + 4 && *beside(c, op) == k->note[NOTE_BESIDE] &&
	       walk_stage2(c, HOSTVISOR, op->args[MMIO_ADDR] / PAGE_SIZE) == 0;
}

static void mmio_ended(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct banks *b = &k->kit->board.banks;

	(void)op;
	(void)how;
	if (k->note[NOTE_BANK] != NO_BANK)
		bank_unuse(b, (u32)k->note[NOTE_BANK]);
	if (k->note[NOTE_NEXT] != NO_BANK)
		bank_unuse(b, (u32)k->note[NOTE_NEXT]);
}

/* Erratum smmu-write-range, as intended: what the second half of a write reaches is looked at. */
static bool by_words(const struct kit_cpu *k)
{
	return !errata_published(&k->kit->errata, ERRATUM_SMMU_WRITE_RANGE);
}

static void begin(struct kit_cpu *k)
{
	k->note[NOTE_BANK] = k->note[NOTE_NEXT] = NO_BANK;
}

/* mmio_read: any register */

static bool read_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 len = some_len(r);

	begin(k);
	op->args[MMIO_DATA] = NOTHING_YET;
	return access_args(k, r, op, some_smmu(k, r), rng_below(r, REGS_SIZE / len) * len, len,
	                   false);
}

/* A value has come, of as many bytes as were asked for. */
static bool read_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	if (k->bad)
		return op->result != NOTHING_YET;
	return op->result != NOTHING_YET && (len_of(op) == 8 || op->result <= INVALID) &&
	       goes_on(c, k, op);
}

static bool read_len(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	read_choose(k, r, op);
	set_len(op, 1 + (u32)rng_below(r, 2));
	return true;
}

static bool read_nowhere(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	read_choose(k, r, op);
	no_smmu(k, r, op);
	return true;
}

static const struct kit_bad read_bad[] = {
	{ "no SMMU is there", KIT_REFUSED, read_nowhere },
	{ "of 1 or 2 bytes", KIT_PANICKED, read_len },
	{ NULL, KIT_DID, NULL },
};

/* Writes: what arrives at the device */

static u64 arrives(const struct cpu *c, const struct operation *op)
{
	u64 offset = op->args[MMIO_ADDR] & SMMU_OFFSET_MASK, data = op->args[MMIO_DATA];
	u32 index =
		(u32)(op->args[MMIO_ADDR] - c->shared->fixed.smmu.smmu_phys_base[0]) / REGS_SIZE;

	u64 ttbr = offset >= SMMU_GLOBAL_BASE
	                   ? SMMU_TTBR(index, (u32)(offset - SMMU_GLOBAL_BASE) / CB_SIZE)
	                   : 0;

	if (ttbr && offset % CB_SIZE == ARM_SMMU_CB_TTBR0)
		data = ttbr;
	else if (ttbr && offset % CB_SIZE == TTBR0_UPPER)
		data = ttbr >> 32;
	else if (len_of(op) == 4 && published(c, ERRATUM_SMMU_WRITE32))
		data = 0;
	return len_of(op) == 4 ? data & INVALID : data;
}

static bool write_judge(struct cpu *c, struct kit_cpu *k, const struct operation *op)
{
	const struct device_write *d = &c->device;

	if (k->bad)
		return d->bytes != 0;
	return d->addr == op->args[MMIO_ADDR] && d->bytes == len_of(op) &&
	       d->value == arrives(c, op) && goes_on(c, k, op);
}

/* mmio_write_global: any global register */

static bool global_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u64 data = rng_next(r), offset;
	u32 len = some_len(r);

	begin(k);
	switch (rng_below(r, 4)) {
	case 0:
		offset = ARM_SMMU_GR0_sCR0;
		data |= SCR0_ON;
		break;
	case 1:
		offset = ARM_SMMU_GR0_sCR2;
		data &= ~(u64)SCR2_VMID;
		break;
	case 2:
		offset = 16 + rng_below(r, (ARM_SMMU_GR1_BASE - 16) / len) * len;
		break;
	default:
		offset = ARM_SMMU_GR1_END +
		         rng_below(r, (SMMU_GLOBAL_BASE - ARM_SMMU_GR1_END) / len) * len;
		break;
	}
	op->args[MMIO_DATA] = data;
	return access_args(k, r, op, some_smmu(k, r), offset, len, true);
}

static bool global_off(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	op->args[MMIO_DATA] = rng_next(r) & ~(u64)SCR0_ON;
	return access_args(k, r, op, some_smmu(k, r), ARM_SMMU_GR0_sCR0, some_len(r), true);
}

static bool global_vmid(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	op->args[MMIO_DATA] = (rng_next(r) & ~(u64)SCR2_VMID) | 1ull << rng_below(r, 8);
	return access_args(k, r, op, some_smmu(k, r), ARM_SMMU_GR0_sCR2, some_len(r), true);
}

/* The same, behind the register that is written. */
static bool global_vmid_behind(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	op->args[MMIO_DATA] = rng_next(r) | 1ull << (32 + rng_below(r, 8));
	return by_words(k) &&
	       access_args(k, r, op, some_smmu(k, r), ARM_SMMU_GR0_sCR2 - 4, 8, true);
}

static bool global_len(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	global_choose(k, r, op);
	set_len(op, 1 + (u32)rng_below(r, 2));
	return true;
}

static bool global_nowhere(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	global_choose(k, r, op);
	no_smmu(k, r, op);
	return true;
}

static const struct kit_bad global_bad[] = {
	{ "no SMMU is there", KIT_REFUSED, global_nowhere },
	{ "translation is switched off", KIT_PANICKED, global_off },
	{ "sCR2 gets a vmid", KIT_PANICKED, global_vmid },
	{ "sCR2 gets a vmid, by its neighbour", KIT_PANICKED, global_vmid_behind },
	{ "of 1 or 2 bytes", KIT_PANICKED, global_len },
	{ NULL, KIT_DID, NULL },
};

/* mmio_write_cbar: which VM a bank translates for */

/* What a CBAR of @owner's may get. */
static u64 cbar_of(struct rng *r, vmid_t owner)
{
	return owner == HOSTVISOR ? rng_next(r) & INVALID : rng_below(r, 256) << 8 | owner;
}

/* A bank that has an owner, in use. */
static bool use_bank(struct kit_cpu *k, u32 bank, u32 note, vmid_t *owner)
{
	if (!bank_use(&k->kit->board.banks, bank, owner))
		return false;
	/* Nobody keeps a VM's bank from being freed, and the write is stuck then; the host's is never freed. */
	if (kit_meets(k) && *owner != HOSTVISOR &&
	    errata_published(&k->kit->errata, ERRATUM_SMMU_GR1))
		return false;
	k->note[note] = bank;
	return true;
}

static bool cbar_args(struct kit_cpu *k, struct rng *r, struct operation *op, u32 bank, u32 len)
{
	u32 n = bank % SMMU_NUM_CTXT_BANKS;

	return access_args(k, r, op, bank / SMMU_NUM_CTXT_BANKS, ARM_SMMU_GR1_BASE + 4 * n, len,
	                   true);
}

/* May both halves of one write be legal?  The core takes the upper one for a part of the type. */
static bool both(struct kit_cpu *k, u32 bank, vmid_t owner, vmid_t *next)
{
	return bank % 2 == 0 && use_bank(k, bank + 1, NOTE_NEXT, next) &&
	       (owner == HOSTVISOR || *next == HOSTVISOR);
}

static bool cbar_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = (u32)rng_below(r, BANKS);
	vmid_t owner, next;

	begin(k);
	if (!use_bank(k, bank, NOTE_BANK, &owner))
		return false;
	op->args[MMIO_DATA] = cbar_of(r, owner);
	/* As published the CBAR of bank 0 is not looked at: it takes any VM. */
	if (bank % SMMU_NUM_CTXT_BANKS == 0 && rng_below(r, 2) &&
	    errata_published(&k->kit->errata, ERRATUM_SMMU_CBAR0)) {
		op->args[MMIO_DATA] = rng_next(r) & INVALID;
		return cbar_args(k, r, op, bank, 4);
	}
	if (rng_below(r, 2) || !both(k, bank, owner, &next))
		return cbar_args(k, r, op, bank, 4);
	if (owner == HOSTVISOR)
		op->args[MMIO_DATA] |= cbar_of(r, next) << 32;
	return cbar_args(k, r, op, bank, 8);
}

/* A VM's bank, whose CBAR is looked at, in use. */
static bool guarded_bank(struct kit_cpu *k, struct rng *r, u32 *bank, vmid_t *owner)
{
	bool slip = errata_published(&k->kit->errata, ERRATUM_SMMU_CBAR0);

	begin(k);
	*bank = (u32)rng_below(r, BANKS);
	if (slip && *bank % SMMU_NUM_CTXT_BANKS == 0)
		return false;
	if (!use_bank(k, *bank, NOTE_BANK, owner))
		return false;
	if (*owner != HOSTVISOR)
		return true;
	bank_unuse(&k->kit->board.banks, *bank);
	return false;
}

static bool cbar_other_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t owner;
	u32 bank;

	if (!guarded_bank(k, r, &bank, &owner))
		return false;
	op->args[MMIO_DATA] = cbar_of(r, owner) & ~(u64)CBAR_VMID_MASK;
	op->args[MMIO_DATA] |= (owner + 1 + rng_below(r, CBAR_VMID_MASK)) & CBAR_VMID_MASK;
	return cbar_args(k, r, op, bank, some_len(r));
}

static bool cbar_type(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	vmid_t owner;
	u32 bank;

	if (!guarded_bank(k, r, &bank, &owner))
		return false;
	/* As published the core takes what is no part of the register for a part of the type. */
	op->args[MMIO_DATA] =
		cbar_of(r, owner) | 1ull << (16 + rng_below(r, by_words(k) ? 16 : 48));
	return cbar_args(k, r, op, bank, some_len(r));
}

/* The host's CBAR, and behind it one of a VM. */
static bool cbar_behind_hosts(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = bank_of(&k->kit->board.banks, HOSTVISOR, (u32)rng_below(r, BANKS));
	vmid_t owner, next;
	u64 upper;

	begin(k);
	if (!by_words(k) || bank == NO_BANK ||
	    bank % SMMU_NUM_CTXT_BANKS == SMMU_NUM_CTXT_BANKS - 1 ||
	    !use_bank(k, bank, NOTE_BANK, &owner))
		return false;
	if (use_bank(k, bank + 1, NOTE_NEXT, &next) && next != HOSTVISOR) {
		upper = cbar_of(r, next) ^ (1 + rng_below(r, CBAR_VMID_MASK));
		op->args[MMIO_DATA] = cbar_of(r, owner) | upper << 32;
		return cbar_args(k, r, op, bank, 8);
	}
	mmio_ended(k, op, KIT_REFUSED);
	return false;
}

/* A bank that is nobody's, claimed: it has no owner to obey. */
static bool cbar_nobodys(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 bank = (u32)rng_below(r, BANKS);

	begin(k);
	if (errata_published(&k->kit->errata, ERRATUM_SMMU_GR1) ||
	    bank % SMMU_NUM_CTXT_BANKS == 0 || !bank_take(&k->kit->board.banks, bank))
		return false;
	op->args[MMIO_DATA] = cbar_of(r, 1);
	return cbar_args(k, r, op, bank, 4);
}

static bool cbar_behind(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (errata_published(&k->kit->errata, ERRATUM_SMMU_GR1))
		return false;
	op->args[MMIO_DATA] = 0;
	return access_args(k, r, op, some_smmu(k, r),
	                   CBARS_END + rng_below(r, (ARM_SMMU_GR1_END - CBARS_END) / 4) * 4, 4,
	                   true);
}

static const struct kit_bad cbar_bad[] = {
	{ "another VM than the bank's", KIT_PANICKED, cbar_other_vm },
	{ "another type of translation", KIT_PANICKED, cbar_type },
	{ "another VM than the next bank's", KIT_PANICKED, cbar_behind_hosts },
	{ "the bank is nobody's", KIT_PANICKED, cbar_nobodys },
	{ "there is no such bank", KIT_PANICKED, cbar_behind },
	{ NULL, KIT_DID, NULL },
};

/* mmio_write_bank: registers of a context bank */

static bool bank_args(struct kit_cpu *k, struct rng *r, struct operation *op, u64 reg, u32 len)
{
	u64 bank = rng_below(r, BANKS);

	op->args[MMIO_DATA] = rng_next(r);
	return access_args(k, r, op, bank / SMMU_NUM_CTXT_BANKS,
	                   SMMU_GLOBAL_BASE + bank % SMMU_NUM_CTXT_BANKS * CB_SIZE + reg, len,
	                   true);
}

static bool bank_choose(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	u32 len = some_len(r);
	u64 reg = rng_below(r, CB_SIZE / len) * len;

	begin(k);
	if (by_words(k) && len == 4 && rng_below(r, 8) == 0)
		reg = TTBR0_UPPER;
	else if (rng_below(r, 3) == 0 || (reg == TTBR0_UPPER && !by_words(k)) ||
	         (reg < ARM_SMMU_CB_CONTEXTIDR + 4 && reg + len > ARM_SMMU_CB_CONTEXTIDR))
		reg = ARM_SMMU_CB_TTBR0;
	return bank_args(k, r, op, reg, len);
}

static bool bank_contextidr(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	if (!by_words(k) || rng_below(r, 2))
		return bank_args(k, r, op, ARM_SMMU_CB_CONTEXTIDR, 4);
	return bank_args(k, r, op, ARM_SMMU_CB_CONTEXTIDR - 4 * rng_below(r, 2), 8);
}

/* A part of TTBR0 and something else. */
static bool bank_ttbr0(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	begin(k);
	return by_words(k) && bank_args(k, r, op, ARM_SMMU_CB_TTBR0 - 4 + 8 * rng_below(r, 2), 8);
}

static bool bank_len(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	bank_choose(k, r, op);
	set_len(op, 1 + (u32)rng_below(r, 2));
	return true;
}

static const struct kit_bad bank_bad[] = {
	{ "CONTEXTIDR", KIT_PANICKED, bank_contextidr },
	{ "a part of TTBR0", KIT_PANICKED, bank_ttbr0 },
	{ "of 1 or 2 bytes", KIT_PANICKED, bank_len },
	{ NULL, KIT_DID, NULL },
};

#define MMIO(name_, share_, prefix, judge_)                                                       \
	{                                                                                         \
		.name = name_, .weight = "mmio", .share = share_, .mode = KIT_HOST, .sure = true, \
		.choose = prefix##_choose, .execute = mmio_execute, .judge = judge_,              \
		.ended = mmio_ended, .bad = prefix##_bad                                          \
	}

const struct kit_op kit_mmio_ops[] = {
	MMIO("mmio_read", 4, read, read_judge),
	MMIO("mmio_write_global", 2, global, write_judge),
	MMIO("mmio_write_cbar", 2, cbar, write_judge),
	MMIO("mmio_write_bank", 2, bank, write_judge),
	{ .name = NULL },
};
