/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a step of the specification may know: the state before its operation, as the world of the log has it at the operation's
 * lock point, and through nothing but this header.  The lock point is the first own push, or change of flat memory, of an
 * operation: by then it has taken all its own locks and published nothing, so what these locks guard is as it was before.
 *
 * An object whose lock the operation does not hold itself may be anything by now.  Who reads one all the same is noted
 * (abs_is_stable()), and what the step says then is worth nothing.  What an operation learns from another one inside it, it
 * learns from that one's event: abs_nested().
 */
#include "oracle/world/trail.h"
#include "oracle/world/world.h"
#include "shmem/obj/regs.h"
#include "sim/base/addr.h"
#include "sim/base/errata.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"

enum { SPEC_ARGS = TRAIL_ARGS };

/**
 * struct took - values from outside that the operation took
 * @stream: MV_STREAM_*
 * @n:      number of the first there
 * @value:  of the first
 */
struct took {
	u32 stream, vmid;
	u64 n, count, value;
};

/* A bit an erratum. */
struct erratum_bits {
	u64 bit[2];
};

/**
 * struct abs
 * @fixed:  memory regions and SMMUs
 * @total_cpu: TOTAL_CPU of the machine
 * @vcpuid: of who runs on the CPU
 * @regs, @saved: registers of the CPU, and the saved context of who runs on it; NULL: they are not known
 * @held:   locks (bits) that the operation itself is inside
 * @nested, @took: so far, in their order
 * @unheld: objects (bits) that were read and whose locks are not in @held
 * @asked:  bits of errata whose side was asked for
 */
struct abs {
	const struct world *w;
	const struct fixed *fixed;
	const struct errata *errata;
	u32 total_cpu, vcpuid;
	const struct ctxt *regs, *saved;
	u64 held;
	u32 n_nested, n_took;
	const struct op_nested *nested;
	const struct took *took;
	u64 unheld;
	struct erratum_bits asked;
};

static inline bool abs_published(struct abs *s, enum erratum erratum)
{
	s->asked.bit[erratum / 64] |= 1ull << erratum % 64;
	return errata_published(s->errata, erratum);
}

/* Was all that the step has read stable? */
static inline bool abs_is_stable(const struct abs *s)
{
	return s->unheld == 0;
}

/* A vCPU of a VM that there is, or of the host. */
static inline bool abs_is_vcpu(const struct abs *s, u64 vcpuid)
{
	return vcpuid < s->total_cpu;
}

/* The record of a frame; needs S2PAGE. */
struct page abs_page(struct abs *s, u64 pfn);
/* What a stage-2 table maps @gfn to; needs NPT:@vmid. */
struct maplet abs_npt(struct abs *s, vmid_t vmid, u64 gfn);
/* What a context bank maps @gfn to; needs SPT. */
struct maplet abs_spt(struct abs *s, u32 bank, u64 gfn);
/* gfns [@first, @end) that a bank maps to a frame; needs SPT. */
u64 abs_spt_mapped(struct abs *s, u32 bank, u64 first, u64 end);
/* An entry, or a cursor, of a page table; needs its lock @lk.  @at: an address, of cursors 0. */
u64 abs_entry(struct abs *s, lk_t lk, u32 field, u64 at);
/* A field of a VM's record; needs INFO:@vmid. */
u64 abs_vm(struct abs *s, vmid_t vmid, u32 field, u64 i);
/* The owner of a context bank; needs SMMU. */
u64 abs_bank(struct abs *s, u32 bank);
/* A field of the core data; needs CORE. */
u64 abs_core(struct abs *s, u32 field);

/* The @k-th operation that ended in this one, or NULL: there were not so many. */
const struct op_nested *abs_nested(const struct abs *s, u32 k);
/* The first value that the operation took from a stream for a VM with number @n, or NULL. */
const struct took *abs_took(const struct abs *s, u32 stream, u32 vmid, u64 n);
