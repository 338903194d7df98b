// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/said.h"

#include "sim/base/rng.h"
#include "sim/log/mark_arg.h"

/* Registers by number, so that two of them that hold each other's values do not cancel out. */
static inline u64 hash(u32 r, u64 value)
{
	return value ? mix64(value ^ (r + 1) * 0x9e3779b97f4a7c15ull) : 0;
}

u64 reg_hash(enum reg r, u64 value)
{
	return hash(r, value);
}

u64 regs_digest(const struct ctxt *ctxt)
{
	u64 sum = 0;

	for (u32 r = 0; r < REG_NR; r++)
		sum += hash(r, ctxt->r[r]);
	return sum;
}

static inline void put(struct said *s, u32 r, u64 value)
{
	u64 *at = &s->ctxt.r[r];

	if (*at == value)
		return;
	s->digest += hash(r, value) - hash(r, *at);
	*at = value;
}

void said_put(struct said *s, enum reg r, u64 value)
{
	put(s, r, value);
}

/* Sets of registers: bit r % 64 of word r / 64. */
enum { SET_WORDS = 2 };

_Static_assert(REG_NR <= 64 * SET_WORDS, "a set has a bit for each register");

#define BIT_IF(cond, r, word) | ((cond) && (r) / 64 == (word) ? 1ull << (r) % 64 : 0)

static const u64 gp[SET_WORDS] = { 0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_GP, R_##field, 0)
#include "shmem/obj/regs.def"
	                           ,
	                           0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_GP, R_##field, 1)
#include "shmem/obj/regs.def"
};

static const u64 fp[SET_WORDS] = { 0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_FP, R_##field, 0)
#include "shmem/obj/regs.def"
	                           ,
	                           0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_FP, R_##field, 1)
#include "shmem/obj/regs.def"
};

static const u64 sys[SET_WORDS] = { 0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_SYS, R_##field, 0)
#include "shmem/obj/regs.def"
	                            ,
	                            0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_SYS, R_##field, 1)
#include "shmem/obj/regs.def"
};

static const u64 fault[SET_WORDS] = { 0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_FAULT, R_##field, 0)
#include "shmem/obj/regs.def"
	                              ,
	                              0
#define REG(group, field, move) BIT_IF(MOVE_##move == MOVE_FAULT, R_##field, 1)
#include "shmem/obj/regs.def"
};

static const u64 rest[SET_WORDS] = { 0
#define REG(group, field, move) BIT_IF(group == REGS && MOVE_##move != MOVE_GP, R_##field, 0)
#include "shmem/obj/regs.def"
	                             ,
	                             0
#define REG(group, field, move) BIT_IF(group == REGS && MOVE_##move != MOVE_GP, R_##field, 1)
#include "shmem/obj/regs.def"
};

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

static inline u32 set_of_block(const u64 *set, u32 block)
{
	return set[block / (64 / REG_BLOCK)] >> block * REG_BLOCK % 64 & ((1u << REG_BLOCK) - 1);
}

/* A bit for each byte of @w that is not 0. */
static inline u32 bytes_set(u64 w)
{
	w |= w >> 4;
	w |= w >> 2;
	w |= w >> 1;
	return (u32)((w & 0x0101010101010101ull) * 0x0102040810204080ull >> 56);
}

/* Blocks of a set of registers. */
static inline u32 blocks_of(const u64 *set)
{
	return bytes_set(set[0]) | bytes_set(set[1]) << 64 / REG_BLOCK;
}

static void move_set(struct said *to, const struct said *from, const u64 *set)
{
	for (u32 blocks = blocks_of(set); blocks; blocks &= blocks - 1) {
		u32 block = (u32)__builtin_ctz(blocks);
		u32 which =
			set_of_block(set, block) & block_differs(to->ctxt.r, from->ctxt.r, block);

		for (; which; which &= which - 1) {
			u32 r = block * REG_BLOCK + (u32)__builtin_ctz(which);

			put(to, r, from->ctxt.r[r]);
		}
	}
}

static void load_sys(struct said *regs, const struct said *ctxt)
{
	const u64 *r = ctxt->ctxt.r;

	move_set(regs, ctxt, sys);
	move_set(regs, ctxt, fault);
	put(regs, R_vmpidr_el2, r[R_mpidr_el1]);
	put(regs, R_mpidr_el1, r[R_mpidr_el1]);
	put(regs, R_elr_el2, r[R_pc]);
	put(regs, R_spsr_el2, r[R_pstate]);
}

void said_move(struct said *regs, struct said *ctxt, u64 move)
{
	switch (move) {
	case MV_MOVE_SAVE_GP:
		move_set(ctxt, regs, gp);
		return;
	case MV_MOVE_SAVE_FP:
		move_set(ctxt, regs, fp);
		return;
	case MV_MOVE_SAVE_SYS:
		move_set(ctxt, regs, sys);
		put(ctxt, R_mpidr_el1, regs->ctxt.r[R_vmpidr_el2]);
		return;
	case MV_MOVE_SAVE_FAULT:
		move_set(ctxt, regs, fault);
		return;
	case MV_MOVE_LOAD_GP:
		move_set(regs, ctxt, gp);
		return;
	case MV_MOVE_LOAD_FP:
		move_set(regs, ctxt, fp);
		return;
	case MV_MOVE_LOAD_SYS:
		load_sys(regs, ctxt);
		return;
	case MV_MOVE_LOAD_REST:
		move_set(regs, ctxt, rest);
		return;
	default:
		return;
	}
}

u32 move_blocks(u64 move)
{
	u32 states = reg_block(R_pc) | reg_block(R_pstate), ids = reg_block(R_mpidr_el1);

	switch (move) {
	case MV_MOVE_SAVE_GP:
	case MV_MOVE_LOAD_GP:
		return blocks_of(gp);
	case MV_MOVE_SAVE_FP:
	case MV_MOVE_LOAD_FP:
		return blocks_of(fp);
	case MV_MOVE_SAVE_SYS:
		return blocks_of(sys) | ids | states;
	case MV_MOVE_SAVE_FAULT:
		return blocks_of(fault);
	case MV_MOVE_LOAD_SYS:
		return blocks_of(sys) | blocks_of(fault) | ids | reg_block(R_vmpidr_el2) |
		       reg_block(R_elr_el2) | reg_block(R_spsr_el2);
	case MV_MOVE_LOAD_REST:
		return blocks_of(rest);
	default:
		return REG_ALL_BLOCKS;
	}
}

u32 said_differs(const struct said *s, const struct ctxt *now, u32 blocks, u8 *which)
{
	u32 n = 0;

	for (; blocks; blocks &= blocks - 1) {
		u32 block = (u32)__builtin_ctz(blocks);
		u32 maybe = block_differs(s->ctxt.r, now->r, block);

		for (; maybe; maybe &= maybe - 1) {
			u32 r = block * REG_BLOCK + (u32)__builtin_ctz(maybe);

			if (s->ctxt.r[r] != now->r[r])
				which[n++] = (u8)r;
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
