// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/say.h"

#include "sim/base/check.h"
#include "sim/log/write/log.h"

#include <string.h>

_Static_assert((int)ENTRY_HVC == (int)MV_ENTRY_HVC, "entries have the numbers of the marks");
_Static_assert((int)ENTRY_FAULT == (int)MV_ENTRY_FAULT, "entries have the numbers of the marks");
_Static_assert((int)ENTRY_RUN == (int)MV_ENTRY_RUN, "entries have the numbers of the marks");
_Static_assert((int)ENTRY_EXIT == (int)MV_ENTRY_EXIT, "entries have the numbers of the marks");

_Static_assert(MV_MOVE_SAVE_GP == 0, "of this move an argument need not be written");

/* Arguments in front of the differences: of a CTXT vmid and vcpuid; the digest. */
enum { HEAD_ARGS = 3 };

_Static_assert(HEAD_ARGS + 2 * REG_NR <= MAX_MARK_ARGS, "every register can differ");

/**
 * differences() - a mark @kind with the differences of @now, in @blocks, to what was said of @s, and the digest
 * @args: [HEAD_ARGS + 2 * REG_NR], of which @n are there
 * @end:  also without a difference, and with the whole digest
 *
 * A whole digest is that of the registers themselves: who reads the log sees a change that was not said.
 */
static void differences(struct cpu *c, enum event_kind kind, struct say_set *s,
                        const struct ctxt *now, u32 blocks, u64 *args, u32 n, bool end)
{
	u8 which[REG_NR];
	u32 n_which = said_differs(&s->said, now, blocks, which);
	bool whole = end;

	if (n_which == 0 && !end)
		return;
	s->changes++;
	for (u32 i = 0; i < n_which; i++)
		said_put(&s->said, (enum reg)which[i], now->r[which[i]]);
	whole |= s->n_marks++ % SAID_WHOLE_EVERY == 0;
	s->cpu = c->id;
	s->used = true;
	args[n++] = whole ? regs_digest(now) : said_short(said_digest(&s->said));
	for (u32 i = 0; i < n_which; i++) {
		args[n++] = which[i];
		args[n++] = now->r[which[i]];
	}
	log_mark(c->log, kind, n, args);
}

static void say_regs(struct cpu *c, u32 blocks, bool end)
{
	u64 args[HEAD_ARGS + 2 * REG_NR];

	c->say->regs_touched = 0;
	differences(c, MARK_REGS, &c->say->regs, &c->regs, blocks, args, 0, end);
}

static void say_ctxt(struct cpu *c, u32 id, u32 blocks, bool end)
{
	u64 args[HEAD_ARGS + 2 * REG_NR];

	/* It may have been touched before anybody asked, or by an end of the episode. */
	point_ctxt(c, id);
	args[0] = id / c->vcpu_per_vm;
	args[1] = id % c->vcpu_per_vm;
	differences(c, MARK_CTXT, &c->say->ctxts[id], &c->shadow_ctxts[id], blocks, args, 2, end);
}

void say_touched_any(struct cpu *c)
{
	struct say *s = c->say;

	for (u32 i = 0; i < s->n_touched; i++)
		say_ctxt(c, s->touched[i].id, s->touched[i].blocks, false);
	s->n_touched = 0;
	if (s->regs_touched)
		say_regs(c, s->regs_touched, false);
}

void say_touch_any(struct cpu *c, u32 id, u32 blocks)
{
	struct say *s = c->say;

	for (u32 i = 0; i < s->n_touched; i++) {
		if (s->touched[i].id == id) {
			s->touched[i].blocks |= blocks;
			return;
		}
	}
	if (s->n_touched == SAY_TOUCHED)
		say_touched_any(c);
	s->touched[s->n_touched].id = id;
	s->touched[s->n_touched++].blocks = blocks;
}

void say_load_any(struct cpu *c, bool regs, u32 index, u64 value)
{
	struct say *s = c->say;
	u32 id = ctxt_id(c, c->cur_vmid, c->cur_vcpuid);
	enum reg r = reg_by_index(index);

	/* A call that is left before its operation ends says it as a difference. */
	if (r == REG_NR)
		return;
	if (regs)
		s->regs_touched |= reg_block(r);
	else
		say_touch_any(c, id, reg_block(r));
	s->loaded = true;
	s->load_reg = r;
	s->load_set = regs ? &s->regs : &s->ctxts[id];
	s->load_value = value;
}

void say_loaded_any(struct cpu *c)
{
	struct say *s = c->say;

	s->loaded = false;
	if (c->panicked)
		return;
	if (s->load_set != &s->regs)
		point_ctxt(c, (u32)(s->load_set - s->ctxts));
	s->load_set->changes++;
	said_put(&s->load_set->said, (enum reg)s->load_reg, s->load_value);
	s->load_set->cpu = c->id;
	s->load_set->used = true;
}

void say_move_any(struct cpu *c, u64 move)
{
	struct say *s = c->say;
	u32 id = ctxt_id(c, c->cur_vmid, c->cur_vcpuid);
	const u64 args[] = { move, c->cur_vmid, c->cur_vcpuid };

	/* What moves is told first; what it overwrites need not be. */
	if (say_is_save(move) ? s->regs_touched : s->n_touched)
		say_touched(c);
	log_mark(c->log, MARK_MOVE, id == s->at ? move != 0 : ARRAY_SIZE(args), args);
	s->at = id;
	s->regs.changes++;
	s->ctxts[id].changes++;
	said_move(&s->regs.said, &s->ctxts[id].said, move);
	/* What the primitive does otherwise is seen when the registers are compared. */
	if (say_is_save(move)) {
		s->ctxts[id].cpu = c->id;
		s->ctxts[id].used = true;
		say_touch_any(c, id, s->moved[move]);
	} else {
		s->regs_touched |= s->moved[move];
	}
}

static u64 class_of(const struct cpu *c)
{
	return (c->regs.r[R_esr_el2] & ESR_ELx_EC_MASK) >> ESR_ELx_EC_SHIFT;
}

/* What an entry is about, beside its arguments. */
static u64 what_of(const struct cpu *c, enum core_entry entry)
{
	switch (entry) {
	case ENTRY_HVC:
	case ENTRY_RUN:
		return c->regs.r[R_x0];
	case ENTRY_FAULT:
		return class_of(c);
	case ENTRY_EXIT:
		return c->regs.r[R_ec] == ARM_EXCEPTION_TRAP ? class_of(c) : ENTRY_NO_TRAP;
	}
	SIM_UNREACHABLE();
}

void say_enter(struct cpu *c, enum core_entry entry)
{
	const struct entry_args *a = entry_args(entry);
	u64 args[4 + ARRAY_SIZE(a->reg)] = { entry, what_of(c, entry), c->cur_vmid, c->cur_vcpuid };
	u32 n = 0;

	if (!says(c))
		return;
	say_touched(c);
	memcpy(c->say->before, (const u64[]){ c->ihost, 0, c->cur_vmid, c->cur_vcpuid },
	       sizeof(c->say->before));
	for (u32 i = 0; i < a->n; i++) {
		args[4 + i] = c->regs.r[a->reg[i]];
		if (args[4 + i] != c->say->regs.said.ctxt.r[a->reg[i]])
			n = i + 1;
	}
	log_mark(c->log, MARK_ENTER, n || c->cur_vcpuid ? 4 + n : c->cur_vmid ? 3 : 2, args);
	c->say->regs.changes++;
	if (a->what_is_x0)
		said_put(&c->say->regs.said, R_x0, args[1]);
	for (u32 i = 0; i < n; i++)
		said_put(&c->say->regs.said, (enum reg)a->reg[i], args[4 + i]);
	c->say->at = ctxt_id(c, c->cur_vmid, c->cur_vcpuid);
	say_regs(c, REG_ALL_BLOCKS, false);
}

void say_leave(struct cpu *c)
{
	const u64 args[] = { c->ihost, c->icore, c->cur_vmid, c->cur_vcpuid };
	const struct say *s = c->say;

	if (!says(c))
		return;
	say_touched(c);
	log_mark(c->log, MARK_LEAVE,
	         memcmp(args, s->before, sizeof(args)) == 0 ? 0 : ARRAY_SIZE(args), args);
}

void say_left(struct cpu *c)
{
	if (!says(c))
		return;
	c->say->loaded = false;
	say_touch_regs(c, REG_ALL_BLOCKS);
	say_touched_any(c);
}

void say_rest(struct cpu *c)
{
	u8 which[REG_NR];

	if (!says(c))
		return;
	say_touched(c);
	if (c->say->regs.used || said_differs(&c->say->regs.said, &c->regs, REG_ALL_BLOCKS, which))
		say_regs(c, REG_ALL_BLOCKS, true);
	for (u32 id = 0; id < N_VMID * c->vcpu_per_vm; id++) {
		const struct say_set *s = &c->say->ctxts[id];

		if (s->cpu != c->id)
			continue;
		if (s->used || said_differs(&s->said, &c->shadow_ctxts[id], REG_ALL_BLOCKS, which))
			say_ctxt(c, id, 0, true);
	}
}

void say_reset(struct cpu *c)
{
	struct say *s = c->say;

	if (!s)
		return;
	s->regs = (struct say_set){ .used = false };
	for (u32 i = 0; i < ARRAY_SIZE(s->moved); i++)
		s->moved[i] = move_blocks(i);
	s->regs_touched = 0;
	s->n_touched = 0;
	s->loaded = false;
	s->at = ctxt_id(c, c->cur_vmid, c->cur_vcpuid);
}

/* Does the log's header give the values of a stream? */
static bool known(const struct cpu *c, u32 stream)
{
	return params_known(c->params, stream, c->log->log->config);
}

void say_outside(struct cpu *c, u32 stream, vmid_t vmid, u64 n, u64 value)
{
	const u64 args[] = { stream, vmid, n, 1, value };

	if (says(c))
		log_mark(c->log, MARK_OUTSIDE, known(c, stream) ? 4 : 5, args);
}

enum { VALUES_A_MARK = 64 };

void say_data(struct cpu *c, vmid_t vmid, u64 n, u64 count)
{
	bool bare;

	if (!says(c))
		return;
	bare = !known(c, MV_STREAM_DATA);
	while (count > 0) {
		u64 some = !bare || count < VALUES_A_MARK ? count : VALUES_A_MARK;
		u64 args[4 + VALUES_A_MARK] = { MV_STREAM_DATA, vmid, n, some };

		for (u64 i = 0; i < some && bare; i++)
			args[4 + i] = c->params->doracle(c->params, vmid, n + i);
		log_mark(c->log, MARK_OUTSIDE, bare ? 4 + (u32)some : 4, args);
		n += some;
		count -= some;
	}
}

void say_flat(struct cpu *c, vmid_t vmid, u64 n, u64 count)
{
	const u64 args[] = { MV_STREAM_DATA, vmid, n, count };

	if (says(c) && count > 0 && !known(c, MV_STREAM_DATA))
		log_mark(c->log, MARK_OUTSIDE, ARRAY_SIZE(args), args);
}

void say_device(struct cpu *c, const struct device_write *w)
{
	const u64 args[] = { w->addr, w->value, w->bytes };

	if (says(c))
		log_mark(c->log, MARK_DEVICE, ARRAY_SIZE(args), args);
}
