// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/said.h"

#include "shmem/obj/obj.h"
#include "sim/log/mark_arg.h"

#include <string.h>

u64 reg_hash(enum reg r, u64 value)
{
	return obj_hash(r, 0, value);
}

u64 regs_digest(const struct ctxt *ctxt)
{
	u64 sum = 0;

	for (u32 r = 0; r < REG_NR; r++)
		sum += reg_hash((enum reg)r, ctxt->r[r]);
	return sum;
}

void said_put(struct said *s, enum reg r, u64 value)
{
	u64 *at = &s->ctxt.r[r];

	if (*at == value)
		return;
	s->digest += reg_hash(r, value) - reg_hash(r, *at);
	*at = value;
}

/* The registers of each move, as lists: LISTS_x gives those of move x alone. */
#define LISTS_NONE(r)
#define LISTS_GP(r) r,
#define LISTS_FP(r)
#define LISTS_SYS(r)
#define LISTS_FAULT(r)
#define REG(group, field, move) LISTS_##move(R_##field)
static const u8 gp[] = {
#include "shmem/obj/regs.def"
};
#undef LISTS_GP

#define LISTS_GP(r)
#undef LISTS_FP
#define LISTS_FP(r)             r,
#define REG(group, field, move) LISTS_##move(R_##field)
static const u8 fp[] = {
#include "shmem/obj/regs.def"
};
#undef LISTS_FP

#define LISTS_FP(r)
#undef LISTS_SYS
#define LISTS_SYS(r)            r,
#define REG(group, field, move) LISTS_##move(R_##field)
static const u8 sys[] = {
#include "shmem/obj/regs.def"
};
#undef LISTS_SYS

#define LISTS_SYS(r)
#undef LISTS_FAULT
#define LISTS_FAULT(r)          r,
#define REG(group, field, move) LISTS_##move(R_##field)
static const u8 fault[] = {
#include "shmem/obj/regs.def"
};
#undef LISTS_FAULT

static void move_listed(struct said *to, const struct said *from, const u8 *reg, u32 n)
{
	for (u32 i = 0; i < n; i++)
		said_put(to, (enum reg)reg[i], from->ctxt.r[reg[i]]);
}

#define MOVE_LISTED(to, from, list) move_listed(to, from, list, ARRAY_SIZE(list))

static void load_sys(struct said *regs, const struct said *ctxt)
{
	const u64 *r = ctxt->ctxt.r;

	MOVE_LISTED(regs, ctxt, sys);
	MOVE_LISTED(regs, ctxt, fault);
	said_put(regs, R_vmpidr_el2, r[R_mpidr_el1]);
	said_put(regs, R_mpidr_el1, r[R_mpidr_el1]);
	said_put(regs, R_elr_el2, r[R_pc]);
	said_put(regs, R_spsr_el2, r[R_pstate]);
}

static void load_rest(struct said *regs, const struct said *ctxt)
{
	for (u32 r = R_x30 + 1; r < REG_NR && reg_group((enum reg)r) == REGS; r++)
		said_put(regs, (enum reg)r, ctxt->ctxt.r[r]);
}

_Static_assert(R_x0 == 0, "x0..x30 come first");
_Static_assert(R_x30 == 30, "x0..x30 come first");

void said_move(struct said *regs, struct said *ctxt, u64 move)
{
	switch (move) {
	case MV_MOVE_SAVE_GP:
		MOVE_LISTED(ctxt, regs, gp);
		return;
	case MV_MOVE_SAVE_FP:
		MOVE_LISTED(ctxt, regs, fp);
		return;
	case MV_MOVE_SAVE_SYS:
		MOVE_LISTED(ctxt, regs, sys);
		said_put(ctxt, R_mpidr_el1, regs->ctxt.r[R_vmpidr_el2]);
		return;
	case MV_MOVE_SAVE_FAULT:
		MOVE_LISTED(ctxt, regs, fault);
		return;
	case MV_MOVE_LOAD_GP:
		MOVE_LISTED(regs, ctxt, gp);
		return;
	case MV_MOVE_LOAD_FP:
		MOVE_LISTED(regs, ctxt, fp);
		return;
	case MV_MOVE_LOAD_SYS:
		load_sys(regs, ctxt);
		return;
	case MV_MOVE_LOAD_REST:
		load_rest(regs, ctxt);
		return;
	default:
		return;
	}
}

enum { BLOCK = 8 };

u32 said_differs(const struct said *s, const struct ctxt *now, u8 *which)
{
	const u64 *a = s->ctxt.r, *b = now->r;
	u32 n = 0, r = 0;

	while (r < REG_NR) {
		u32 end = r + BLOCK <= REG_NR ? r + BLOCK : REG_NR;
		u64 any = 0;

		for (u32 i = r; i < end; i++)
			any |= a[i] ^ b[i];
		for (; any && r < end; r++)
			if (a[r] != b[r])
				which[n++] = (u8)r;
		r = end;
	}
	return n;
}

const struct entry_args *entry_args(u64 entry)
{
	static const struct entry_args args[] = {
		[MV_ENTRY_HVC] = { true, 5, { R_x1, R_x2, R_x3, R_x4, R_x5 } },
		[MV_ENTRY_FAULT] = { false, 3, { R_hpfar_el2, R_far_el2, R_esr_el2 } },
		[MV_ENTRY_RUN] = { true, 0, { 0 } },
		[MV_ENTRY_EXIT] = { false, 4, { R_x0, R_x1, R_x2, R_x3 } },
	};
	static const struct entry_args none;

	return entry < ARRAY_SIZE(args) ? &args[entry] : &none;
}
