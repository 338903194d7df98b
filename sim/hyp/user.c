// SPDX-License-Identifier: GPL-2.0-only
#include "sim/hyp/user.h"

#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/mode.h"
#include "cpu/op.h"
#include "shmem/flatmem.h"
#include "shmem/marks.h"
#include "shmem/tlb.h"
#include "shmem/walk.h"
#include "sim/base/check.h"
#include "sim/hyp/api.h"
#include "sim/hyp/page_index.h"

/* Record the versions of what is read of object @lk until seen_end(). */
static struct seen *look(struct cpu *c, struct access *a, lk_t lk)
{
	SIM_ASSERT(a->n_seen < ACCESS_SEEN);
	a->seen[a->n_seen] = seen_begin(c, lk);
	return &a->seen[a->n_seen++];
}

/* The page is a->vmid's alone, or not, or nobody's: by its record. */
static enum access_result whose(struct cpu *c, struct access *a)
{
	u64 index = get_s2_page_index(c, a->pfn * PAGE_SIZE);
	struct seen *seen = look(c, a, S2PAGE_ID);
	u32 owner = peek_s2_page_vmid(c, index), count = 0;

	if (a->vmid != HOSTVISOR && owner != INVALID)
		count = peek_s2_page_count(c, index);
	seen_end(c, seen);
	if (a->vmid == HOSTVISOR)
		return owner == HOSTVISOR ? ACCESS_OWN : ACCESS_SHARED;
	if (owner == INVALID)
		return ACCESS_NO_RECORD;
	return count == 0 ? ACCESS_OWN : ACCESS_SHARED;
}

static u64 load(struct cpu *c, const struct access *a)
{
	return a->how == ACCESS_OWN ? flat_step_load(c, a->pfn) : data_peek(c, (vmid_t)a->vmid);
}

static u64 store(struct cpu *c, const struct access *a, u64 value)
{
	if (a->how == ACCESS_OWN)
		flat_step_store(c, a->pfn, value);
	return value;
}

/* Is a->vmid one that may access memory at all? */
static bool verified(struct cpu *c, struct access *a)
{
	struct seen *seen;
	bool is;

	if (a->vmid == HOSTVISOR)
		return true;
	seen = look(c, a, INFO_ID + a->vmid);
	is = peek_vm_state(c, (vmid_t)a->vmid) == VERIFIED;
	seen_end(c, seen);
	return is;
}

/* Has what runs here the bank? */
static bool has_bank(struct cpu *c, struct access *a, u32 cbndx, u32 index)
{
	struct seen *seen = look(c, a, SMMU_ID);
	bool has = peek_smmu_cfg_vmid(c, cbndx, index) == c->cur_vmid;

	seen_end(c, seen);
	return has;
}

/* An access with translation @t comes as far as to a page of its own or a shared one; @name: what is stuck at any other. */
static bool finds(struct cpu *c, struct access *a, const char *name, struct translation t)
{
	a->pfn = t.table.pfn;
	a->level = t.table.level;
	a->from = t.buffered ? ACCESS_FROM_BUFFER : ACCESS_FROM_WALK;
	a->seen[a->n_seen++] = t.table.seen;
	a->stale = t.stale;
	a->untold = t.untold;
	a->how = ACCESS_NO_TRANSLATION;
	c->stats.stale_accesses += t.stale;
	c->stats.untold_accesses += t.untold;
	if (a->pfn == 0)
		return false;
	a->how = whose(c, a);
	if (a->how == ACCESS_OWN)
		RELY_OF(name, c, is_pfn(a->pfn), STUCK_RANGE, a->pfn);
	return a->how != ACCESS_NO_RECORD;
}

/* How an access of register @reg with translation @t ends. */
static void ends(struct cpu *c, struct access *a, enum access_kind kind, struct translation t,
                 u32 reg)
{
	if (!finds(c, a, "mem_access", t))
		return;
	if (kind == ACCESS_LOAD) {
		a->value = load(c, a);
		set_access_reg(c, reg, a->value);
	} else {
		a->value = store(c, a, get_access_reg(c, reg));
	}
}

/* What an access did is complete: the log takes it. */
static void say_access(struct cpu *c, enum access_kind kind, const struct access *a)
{
	bool translated =
		a->how == ACCESS_OWN || a->how == ACCESS_SHARED || a->how == ACCESS_NO_RECORD;

	SIM_ASSERT_DBG(a->n_seen > 0);
	SIM_ASSERT_DBG((a->from == ACCESS_FROM_NONE) ==
	               (a->how == ACCESS_NOT_VERIFIED || a->how == ACCESS_NOT_OWNER));
	SIM_ASSERT_DBG(translated == (a->pfn != 0));
	SIM_ASSERT_DBG(translated == (a->level != 0));
	SIM_ASSERT_DBG(!(a->stale && a->untold));
	mark_access(c,
	            &(struct access_said){
			    .number = a->flat_number,
			    .how = a->how,
			    .asked = a->from != ACCESS_FROM_NONE,
			    .buffered = a->from == ACCESS_FROM_BUFFER,
			    .stale = a->stale,
			    .untold = a->untold,
			    .level = a->level,
			    .pfn = a->pfn,
			    .value = kind == ACCESS_STORE && a->how == ACCESS_SHARED ? a->value : 0,
			    .n_seen = a->n_seen,
			    .seen = a->seen });
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
	struct access a = { .how = ACCESS_NOT_VERIFIED, .vmid = c->cur_vmid };

	begin(c, kind, entry, gfn, reg);
	op_begin(c, op, 2, (const u64[]){ gfn, reg });
	flat_step_begin(c);
	if (verified(c, &a))
		ends(c, &a, kind, translate_stage2(c, c->cur_vmid, gfn), reg);
	a.flat_number = flat_step_end(c);
	say_access(c, kind, &a);
	if (must)
		must_end(c, entry, &a, gfn, reg);
	op_end(c, op, kind == ACCESS_LOAD ? a.value : 0);
	return a;
}

static struct access dev(struct cpu *c, enum access_kind kind, const char *entry, bool must,
                         u64 gfn, u32 reg, u32 cbndx, u32 index)
{
	enum hyp_op op = kind == ACCESS_LOAD ? OP_dev_load : OP_dev_store;
	struct access a = { .how = ACCESS_NOT_OWNER, .vmid = c->cur_vmid };

	begin(c, kind, entry, gfn, reg);
	RELY_OF(entry, c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, gfn, reg, cbndx,
	        index);
	op_begin(c, op, 4, (const u64[]){ gfn, reg, cbndx, index });
	flat_step_begin(c);
	if (has_bank(c, &a, cbndx, index)) {
		a.how = ACCESS_NOT_VERIFIED;
		if (verified(c, &a))
			ends(c, &a, kind, translate_bank(c, cbndx, index, gfn), reg);
	}
	a.flat_number = flat_step_end(c);
	say_access(c, kind, &a);
	if (must)
		must_end(c, entry, &a, gfn, reg);
	op_end(c, op, kind == ACCESS_LOAD ? a.value : 0);
	return a;
}

/* Whose the bank is; false: nobody's. */
static bool has_owner(struct cpu *c, struct access *a, u32 cbndx, u32 index)
{
	struct seen *seen = look(c, a, SMMU_ID);

	a->vmid = peek_smmu_cfg_vmid(c, cbndx, index);
	seen_end(c, seen);
	return a->vmid < COREVISOR;
}

struct access dma_access(struct cpu *c, enum access_kind kind, u64 gfn, u64 value, u32 cbndx,
                         u32 index)
{
	bool is_load = kind == ACCESS_LOAD;
	enum hyp_op op = is_load ? OP_dma_load : OP_dma_store;
	struct access a = { .how = ACCESS_NOT_OWNER };

	RELY(c, !c->icore, STUCK_MODE, gfn);
	RELY(c, is_smmu(index) && is_smmu_cfg(cbndx), STUCK_RANGE, gfn, cbndx, index);
	if (is_load)
		op_begin(c, op, 3, (const u64[]){ gfn, cbndx, index });
	else
		op_begin(c, op, 4, (const u64[]){ gfn, value, cbndx, index });
	flat_step_begin(c);
	if (has_owner(c, &a, cbndx, index)) {
		a.how = ACCESS_NOT_VERIFIED;
		if (verified(c, &a) && finds(c, &a, __func__, translate_bank(c, cbndx, index, gfn)))
			a.value = is_load ? load(c, &a) : store(c, &a, value);
	}
	a.flat_number = flat_step_end(c);
	say_access(c, kind, &a);
	op_end(c, op, is_load ? a.value : 0);
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
