/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Contexts: the registers of a CPU, or those that were saved of a vCPU.  [RData.Ctxt] */
#include "sim/base/types.h"

enum reg {
#define REG(group, field, move) R_##field,
#include "shmem/obj/regs.def"
	REG_NR
};

/* Numbers of get_shadow_ctxt and set_shadow_ctxt: CTXT_X0 == 0, ... CTXT_ESR_EL2 == 72. */
enum ctxt_index {
#define CTXT(name, number) CTXT_##name = (number),
#include "shmem/obj/ctxt_index.def"
	CTXT_SYSREGS_START = 47,
	CTXT_SYSREGS_SIZE = 24, /* SHADOW_SYS_REGS_SIZE */
};

_Static_assert((int)CTXT_MPIDR_EL1 == (int)CTXT_SYSREGS_START,
               "system registers start at MPIDR_EL1");
_Static_assert((int)CTXT_ESR_EL2 == 72, "the last number that names a register");

enum reg_group { REGS, TRAP, STATES, REG_GROUP_NR };
enum reg_move { MOVE_NONE, MOVE_GP, MOVE_FP, MOVE_SYS, MOVE_FAULT };

/**
 * struct ctxt - one context
 * @r: [REG_NR] by enum reg; 64 bits each
 *
 * Plain memory.  A CPU's own is its thread's; a saved one belongs to the CPU on which its vCPU is ACTIVE.
 */
struct ctxt {
	u64 r[REG_NR];
};

/* The source's name; "" beyond the last. */
const char *reg_name(enum reg r);
enum reg_group reg_group(enum reg r);
/* REG_NR: no register has this name. */
enum reg reg_by_name(const char *name);
/* The register with number @index of get_shadow_ctxt; REG_NR: none. */
enum reg reg_by_index(u32 index);
/* "X0", "ELR_EL2", ... of a number; "" when it has no name. */
const char *ctxt_index_name(u32 index);

/* Copy the registers of one group. */
void regs_copy_group(struct ctxt *to, const struct ctxt *from, enum reg_group group);
/* Copy the registers of one move. */
void regs_move(struct ctxt *to, const struct ctxt *from, enum reg_move move);
void regs_clear(struct ctxt *c, enum reg_move move);
