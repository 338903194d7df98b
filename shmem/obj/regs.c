// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/regs.h"

#include <string.h>

static const struct {
	const char *name;
	enum reg_group group;
} rows[REG_NR] = {
#define REG(g, field, move) [R_##field] = { #field, g },
#include "shmem/obj/regs.def"
};

/* Register of a number, plus 1; 0: none. */
static const u8 numbered[] = {
#define NUMBERED(field, index) [index] = R_##field + 1,
#include "shmem/obj/regs.def"
};

static const char *const index_names[] = {
#define CTXT(name, number) [number] = #name,
#include "shmem/obj/ctxt_index.def"
};

const char *reg_name(enum reg r)
{
	return r < REG_NR ? rows[r].name : "";
}

enum reg_group reg_group(enum reg r)
{
	return r < REG_NR ? rows[r].group : REG_GROUP_NR;
}

enum reg reg_by_name(const char *name)
{
	u32 r = 0;

	while (r < REG_NR && strcmp(rows[r].name, name) != 0)
		r++;
	return (enum reg)r;
}

enum reg reg_by_index(u32 index)
{
	if (index >= ARRAY_SIZE(numbered) || !numbered[index])
		return REG_NR;
	return (enum reg)(numbered[index] - 1);
}

const char *ctxt_index_name(u32 index)
{
	if (index >= ARRAY_SIZE(index_names) || !index_names[index])
		return "";
	return index_names[index];
}

/* One assignment a register of the move and nothing for the others, once @move is a constant. */
static inline __attribute__((always_inline)) void move_some(struct ctxt *to,
                                                            const struct ctxt *from,
                                                            enum reg_move move)
{
#define REG(group, field, m)  \
	if (MOVE_##m == move) \
		to->r[R_##field] = from->r[R_##field];
#include "shmem/obj/regs.def"
}

void regs_move(struct ctxt *to, const struct ctxt *from, enum reg_move move)
{
	switch (move) {
	case MOVE_GP:
		move_some(to, from, MOVE_GP);
		return;
	case MOVE_FP:
		move_some(to, from, MOVE_FP);
		return;
	case MOVE_SYS:
		move_some(to, from, MOVE_SYS);
		return;
	case MOVE_FAULT:
		move_some(to, from, MOVE_FAULT);
		return;
	case MOVE_NONE:
		return;
	}
}

static inline __attribute__((always_inline)) void copy_some(struct ctxt *to,
                                                            const struct ctxt *from,
                                                            enum reg_group group)
{
#define REG(g, field, m) \
	if (g == group)  \
		to->r[R_##field] = from->r[R_##field];
#include "shmem/obj/regs.def"
}

void regs_copy_group(struct ctxt *to, const struct ctxt *from, enum reg_group group)
{
	switch (group) {
	case REGS:
		copy_some(to, from, REGS);
		return;
	case TRAP:
		copy_some(to, from, TRAP);
		return;
	case STATES:
		copy_some(to, from, STATES);
		return;
	case REG_GROUP_NR:
		return;
	}
}

void regs_clear(struct ctxt *c, enum reg_move move)
{
	static const struct ctxt zero;

	regs_move(c, &zero, move);
}
