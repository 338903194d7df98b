/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a log has said of one set of registers: a CPU's, or a saved context.  Who writes a log and who reads it keep this
 * state by the same rules, so that only differences to it need be said.  At the beginning of an episode every register is 0.
 */
#include "shmem/obj/regs.h"

/**
 * struct said - one set of registers as the log has told it so far
 * @part: [move] the part of the digest that the registers of each move give, whose sum it is; kept up to date by
 *        said_put() and said_move()
 *
 * Plain memory, guarded like the registers that it is about.
 */
struct said {
	struct ctxt ctxt;
	u64 part[MOVE_FAULT + 1];
};

static inline u64 said_digest(const struct said *s)
{
	u64 sum = 0;

	for (u32 i = 0; i <= MOVE_FAULT; i++)
		sum += s->part[i];
	return sum;
}

/*
 * The marks REGS and CTXT of one set of registers that carry the whole digest: one in so many.  The others have its seven
 * highest bits, on which every bit of a register has a part, as a number below 128.
 */
enum { SAID_WHOLE_EVERY = 64, SAID_SHORT_SHIFT = 57, SAID_SHORT_END = 128 };

static inline u64 said_short(u64 digest)
{
	return digest >> SAID_SHORT_SHIFT;
}

/*
 * The digest of registers: the sum mod 2^64 of value * f(r) over registers r = 0.. in the order of regs.def, with
 * m = (r + 1) * 0x9e3779b97f4a7c15 and f(r) = ((m ^ m >> 29) * 0xbf58476d1ce4e5b9) | 1.
 */
u64 regs_digest(const struct ctxt *ctxt);

/* Register @r holds @value. */
void said_put(struct said *s, enum reg r, u64 value);

/**
 * said_move() - the effect of a mark MOVE on what was said
 * @move: MV_MOVE_*: a save changes *@ctxt, a load *@regs
 *
 *   save_gp, load_gp       x0..x30
 *   save_fp, load_fp       fp_q0..fp_q31, fp_fpsr, fp_fpcr
 *   save_sys               the registers of save_sysregs; mpidr_el1 := vmpidr_el2
 *   load_sys               the registers of restore_sysregs, esr_el2, ec, far_el2, hpfar_el2; vmpidr_el2, mpidr_el1 :=
 *                          mpidr_el1; elr_el2 := pc; spsr_el2 := pstate
 *   save_fault             esr_el2, ec, far_el2, hpfar_el2
 *   load_rest              every register of the source's CtxtRegs but x0..x30
 *
 * It is how differences are kept short, and no claim about the machine: what a primitive does otherwise is said as
 * differences behind the mark.
 */
void said_move(struct said *regs, struct said *ctxt, u64 move);

/* Blocks of registers, so that only those need be compared that may have changed: sets of them have a bit each. */
enum { REG_BLOCK = 8, REG_BLOCKS = (REG_NR + REG_BLOCK - 1) / REG_BLOCK };

#define REG_ALL_BLOCKS ((1u << REG_BLOCKS) - 1)

static inline u32 reg_block(enum reg r)
{
	return 1u << r / REG_BLOCK;
}

/* The blocks of those registers that the machine's primitive of a move may change. */
u32 move_blocks(u64 move);

/*
 * The registers of @blocks in which @now differs from what was said, in rising order: @which[0..n), [REG_NR]; returns n.
 */
u32 said_differs(const struct said *s, const struct ctxt *now, u32 blocks, u8 *which);

/**
 * struct entry_args - which registers the arguments x of a mark ENTER are
 * @what_is_x0: its argument "what" is x0, whole
 * @reg:        [n] in the order of the arguments; those left out at the end hold what was said before
 */
struct entry_args {
	bool what_is_x0;
	u32 n;
	u8 reg[5];
};

/* What a mark ENTER is about when a guest left by something that is no trap: above every class. */
enum { ENTRY_NO_TRAP = 64 };

/* Of entry MV_ENTRY_*; another number has none. */
const struct entry_args *entry_args(u64 entry);
