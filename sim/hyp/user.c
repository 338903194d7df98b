// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/user.h"

#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/mode.h"
#include "cpu/op.h"
#include "shmem/flatmem.h"
#include "shmem/tlb.h"
#include "shmem/walk.h"
#include "sim/hyp/api.h"
#include "sim/hyp/page_index.h"

/*
 * The registers that an access takes.
 * SOURCE: those of the saved context, although the running code's are in the CPU (mem_load_spec, ...)
 */
static struct ctxt *access_ctxt(struct cpu *c)
{
	return published(c, ERRATUM_ACCESS_REGISTERS) ? cur_ctxt(c) : &c->regs;
}

/* The page is what runs here's alone, or not, or nobody's: by its record. */
static enum access_result whose(struct cpu *c, u64 pfn)
{
	u64 index = get_s2_page_index(c, pfn * PAGE_SIZE);
	u32 owner = peek_s2_page_vmid(c, index);

	if (c->cur_vmid == HOSTVISOR)
		return owner == HOSTVISOR ? ACCESS_OWN : ACCESS_SHARED;
	if (owner == INVALID)
		return ACCESS_NO_RECORD;
	return peek_s2_page_count(c, index) == 0 ? ACCESS_OWN : ACCESS_SHARED;
}

static u64 load(struct cpu *c, enum access_result how, u64 pfn, u32 reg)
{
	u64 value = how == ACCESS_OWN ? flat_load(c, pfn) : data_peek(c, c->cur_vmid);

	set_shadow_ctxt_specx(access_ctxt(c), reg, value, !published(c, ERRATUM_SP_EL1));
	return value;
}

static u64 store(struct cpu *c, enum access_result how, u64 pfn, u32 reg)
{
	u64 value = get_shadow_ctxt_specx(access_ctxt(c), reg, !published(c, ERRATUM_SP_EL1));

	if (how == ACCESS_OWN)
		flat_store(c, pfn, value);
	return value;
}

/* May what runs here access memory at all? */
static bool verified(struct cpu *c)
{
	return c->cur_vmid == HOSTVISOR || peek_vm_state(c, c->cur_vmid) == VERIFIED;
}

/* How an access with translation @t ends. */
static struct access ends(struct cpu *c, enum access_kind kind, struct translation t, u32 reg)
{
	u64 pfn = t.table.pfn;
	struct access a = { .how = ACCESS_NO_TRANSLATION, .pfn = pfn, .stale = t.stale };

	c->stats.stale_accesses += t.stale;
	c->stats.untold_accesses += t.untold;
	if (pfn == 0)
		return a;
	a.how = whose(c, pfn);
	if (a.how == ACCESS_OWN)
		RELY_OF("mem_access", c, is_pfn(pfn), STUCK_RANGE, pfn, reg);
	if (a.how != ACCESS_NO_RECORD)
		a.value =
			kind == ACCESS_LOAD ? load(c, a.how, pfn, reg) : store(c, a.how, pfn, reg);
	return a;
}

/* In the published entries everything but an access that ends is stuck. */
static void must_end(struct cpu *c, const char *entry, const struct access *a, u64 gfn, u32 reg)
{
	static const enum stuck_rule rule[] = {
		[ACCESS_OWN] = STUCK_NONE,
		[ACCESS_SHARED] = STUCK_NONE,
		[ACCESS_NO_TRANSLATION] = STUCK_NO_TRANSLATION,
		[ACCESS_NOT_VERIFIED] = STUCK_NOT_VERIFIED,
		[ACCESS_NO_RECORD] = STUCK_NO_RECORD,
		[ACCESS_NOT_OWNER] = STUCK_NOT_OWNER,
	};

	RELY_OF(entry, c, rule[a->how] == STUCK_NONE, rule[a->how], gfn, reg);
}

/* SOURCE: halt is not looked at; in a run its CPUs leave all the same (op_begin(), flat memory) */
static void begin(struct cpu *c, enum access_kind kind, const char *entry, u64 gfn, u32 reg)
{
	RELY_OF(entry, c, !c->icore, STUCK_MODE, gfn, reg);
	RELY_OF(entry, c, kind == ACCESS_STORE || reg < CTXT_X30, STUCK_RANGE, gfn, reg);
}

static struct access mem(struct cpu *c, enum access_kind kind, const char *entry, bool must,
                         u64 gfn, u32 reg)
{
	enum hyp_op op = kind == ACCESS_LOAD ? OP_mem_load : OP_mem_store;
	struct access a = { .how = ACCESS_NOT_VERIFIED };

	begin(c, kind, entry, gfn, reg);
	op_begin(c, op, 2, (const u64[]){ gfn, reg });
	if (verified(c))
		a = ends(c, kind, translate_stage2(c, c->cur_vmid, gfn), reg);
	if (must)
		must_end(c, entry, &a, gfn, reg);
	op_end(c, op);
	return a;
}

static struct access dev(struct cpu *c, enum access_kind kind, const char *entry, bool must,
                         u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	enum hyp_op op = kind == ACCESS_LOAD ? OP_dev_load : OP_dev_store;
	struct access a = { .how = ACCESS_NOT_OWNER };

	begin(c, kind, entry, gfn, reg);
	RELY_OF(entry, c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, gfn, reg, cbndx,
	        index);
	op_begin(c, op, 4, (const u64[]){ gfn, reg, cbndx, index });
	if (peek_smmu_cfg_vmid(c, cbndx, index) == c->cur_vmid) {
		a.how = ACCESS_NOT_VERIFIED;
		if (verified(c))
			a = ends(c, kind, translate_bank(c, cbndx, index, gfn), reg);
	}
	if (must)
		must_end(c, entry, &a, gfn, reg);
	op_end(c, op);
	return a;
}

struct access mem_access(struct cpu *c, enum access_kind kind, u64 gfn, u32 reg)
{
	return mem(c, kind, __func__, false, gfn, reg);
}

struct access dev_access(struct cpu *c, enum access_kind kind, u64 gfn, u32 reg, u32 cbndx,
                         u32 index)
{
	return dev(c, kind, __func__, false, gfn, reg, cbndx, index);
}

void mem_load(struct cpu *c, u64 gfn, u32 reg)
{
	(void)mem(c, ACCESS_LOAD, __func__, true, gfn, reg);
}

void mem_store(struct cpu *c, u64 gfn, u32 reg)
{
	(void)mem(c, ACCESS_STORE, __func__, true, gfn, reg);
}

void dev_load(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	(void)dev(c, ACCESS_LOAD, __func__, true, gfn, reg, cbndx, index);
}

void dev_store(struct cpu *c, u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	(void)dev(c, ACCESS_STORE, __func__, true, gfn, reg, cbndx, index);
}
