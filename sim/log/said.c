// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/said.h"

#include "sim/log/mark_arg.h"

#include <string.h>

/* An odd number for each register, with no simple relation between two of them. */
#define MIXED(r)  (((u64)(r) + 1) * 0x9e3779b97f4a7c15ull)
#define FACTOR(r) ((MIXED(r) ^ MIXED(r) >> 29) * 0xbf58476d1ce4e5b9ull | 1)

static const u64 factor[REG_NR] = {
#define REG(group, field, move) [R_##field] = FACTOR(R_##field),
#include "shmem/obj/regs.def"
};

u64 regs_digest(const struct ctxt *ctxt)
{
	u64 sum = 0;

	for (u32 r = 0; r < REG_NR; r++)
		sum += ctxt->r[r] * factor[r];
	return sum;
}

/* The part of a digest that a register belongs to: its move. */
static const u8 part_of[REG_NR] = {
#define REG(group, field, move) [R_##field] = MOVE_##move,
#include "shmem/obj/regs.def"
};

static inline void put(struct said *s, u32 r, u64 value)
{
	u64 *at = &s->ctxt.r[r];

	if (*at == value)
		return;
	s->part[part_of[r]] += (value - *at) * factor[r];
	*at = value;
}

void said_put(struct said *s, enum reg r, u64 value)
{
	put(s, r, value);
}

/* Two registers at once, at any address of one. */
typedef u64 pair __attribute__((vector_size(16), aligned(8), may_alias));

_Static_assert(REG_BLOCK == 8, "a block is four pairs");

/* A bit for each of the registers of block @block in which @a and @b may differ: all or none. */
static inline u32 block_differs(const u64 *a, const u64 *b, u32 block)
{
	u32 first = block * REG_BLOCK;
	u64 any = 0;

	if (likely(first + REG_BLOCK <= REG_NR)) {
		const pair *p = (const pair *)(a + first), *q = (const pair *)(b + first);
		pair d = (p[0] ^ q[0]) | (p[1] ^ q[1]) | (p[2] ^ q[2]) | (p[3] ^ q[3]);

		return d[0] | d[1] ? (1u << REG_BLOCK) - 1 : 0;
	}
	for (u32 r = first; r < REG_NR; r++)
		any |= a[r] ^ b[r];
	return any ? (1u << (REG_NR - first)) - 1 : 0;
}

/* A whole group of a move, with its part of the digest. */
static inline void take_group(struct said *to, const struct said *from, enum reg_move group)
{
	regs_move(&to->ctxt, &from->ctxt, group);
	to->part[group] = from->part[group];
}

static void load_sys(struct said *regs, const struct said *ctxt)
{
	const u64 *r = ctxt->ctxt.r;

	take_group(regs, ctxt, MOVE_SYS);
	take_group(regs, ctxt, MOVE_FAULT);
	put(regs, R_vmpidr_el2, r[R_mpidr_el1]);
	put(regs, R_mpidr_el1, r[R_mpidr_el1]);
	put(regs, R_elr_el2, r[R_pc]);
	put(regs, R_spsr_el2, r[R_pstate]);
}

/* Registers of CtxtRegs that no other move takes along. */
static const u8 alone[] = { R_spsr_el2,  R_vmpidr_el2, R_mpidr_el1, R_elr_el2,
	                    R_vttbr_el2, R_hcr_el2,    R_tpidr_el2 };

static void load_rest(struct said *regs, const struct said *ctxt)
{
	take_group(regs, ctxt, MOVE_FP);
	take_group(regs, ctxt, MOVE_SYS);
	take_group(regs, ctxt, MOVE_FAULT);
	for (u32 i = 0; i < ARRAY_SIZE(alone); i++)
		put(regs, alone[i], ctxt->ctxt.r[alone[i]]);
}

void said_move(struct said *regs, struct said *ctxt, u64 move)
{
	switch (move) {
	case MV_MOVE_SAVE_GP:
		take_group(ctxt, regs, MOVE_GP);
		return;
	case MV_MOVE_SAVE_FP:
		take_group(ctxt, regs, MOVE_FP);
		return;
	case MV_MOVE_SAVE_SYS:
		take_group(ctxt, regs, MOVE_SYS);
		put(ctxt, R_mpidr_el1, regs->ctxt.r[R_vmpidr_el2]);
		return;
	case MV_MOVE_SAVE_FAULT:
		take_group(ctxt, regs, MOVE_FAULT);
		return;
	case MV_MOVE_LOAD_GP:
		take_group(regs, ctxt, MOVE_GP);
		return;
	case MV_MOVE_LOAD_FP:
		take_group(regs, ctxt, MOVE_FP);
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

/* Blocks of the registers of a move's group. */
static u32 blocks_of(enum reg_move group)
{
	u32 blocks = 0;

	for (u32 r = 0; r < REG_NR; r++)
		if (part_of[r] == group)
			blocks |= reg_block((enum reg)r);
	return blocks;
}

u32 move_blocks(u64 move)
{
	u32 states = reg_block(R_pc) | reg_block(R_pstate), ids = reg_block(R_mpidr_el1);

	switch (move) {
	case MV_MOVE_SAVE_GP:
	case MV_MOVE_LOAD_GP:
		return blocks_of(MOVE_GP);
	case MV_MOVE_SAVE_FP:
	case MV_MOVE_LOAD_FP:
		return blocks_of(MOVE_FP);
	case MV_MOVE_SAVE_SYS:
		return blocks_of(MOVE_SYS) | ids | states;
	case MV_MOVE_SAVE_FAULT:
		return blocks_of(MOVE_FAULT);
	case MV_MOVE_LOAD_SYS:
		return blocks_of(MOVE_SYS) | blocks_of(MOVE_FAULT) | ids | reg_block(R_vmpidr_el2) |
		       reg_block(R_elr_el2) | reg_block(R_spsr_el2);
	case MV_MOVE_LOAD_REST:
		return blocks_of(MOVE_FP) | blocks_of(MOVE_SYS) | blocks_of(MOVE_FAULT) |
		       blocks_of(MOVE_NONE);
	default:
		return REG_ALL_BLOCKS;
	}
}

/* Blocks that are compared at once first, since most are equal. */
enum { AT_ONCE = 4 };

static bool same_at_once(const u64 *a, const u64 *b, u32 first)
{
	u32 n = REG_NR - first < AT_ONCE * REG_BLOCK ? REG_NR - first : AT_ONCE * REG_BLOCK;

	return memcmp(a + first, b + first, n * sizeof(u64)) == 0;
}

u32 said_differs(const struct said *s, const struct ctxt *now, u32 blocks, u8 *which)
{
	u32 n = 0;

	while (blocks) {
		u32 at = (u32)__builtin_ctz(blocks) & ~(AT_ONCE - 1u);
		u32 some = blocks & ((1u << AT_ONCE) - 1) << at;

		blocks &= ~some;
		if (some & (some - 1) && same_at_once(s->ctxt.r, now->r, at * REG_BLOCK))
			continue;
		for (; some; some &= some - 1) {
			u32 block = (u32)__builtin_ctz(some);
			u32 maybe = block_differs(s->ctxt.r, now->r, block);

			for (; maybe; maybe &= maybe - 1) {
				u32 r = block * REG_BLOCK + (u32)__builtin_ctz(maybe);

				if (s->ctxt.r[r] != now->r[r])
					which[n++] = (u8)r;
			}
		}
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
