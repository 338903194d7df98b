/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a CPU's stream says of entries, registers, saved contexts and values from outside: marks (sim/log/mark.def).
 *
 * Registers are said as differences to what the log has said before (sim/log/said.h).  All of c->regs are compared when the
 * core is entered; from then on only primitives change them, and each says which (say_touch_regs()).  A context is compared
 * where a setter has touched it: before its guard can change hands, that is before the next push of any lock, and at the
 * latest at the next beginning or end of an atomic operation, move, entry or exit, so that what an operation does to
 * registers stands between its marks.
 *
 * All: nothing without a log or with a scripted environment, but that who controls the CPU is told of contexts (cpu/point.h).
 * Called by the CPU's thread, unless said otherwise.
 */
#include "cpu/point.h"
#include "sim/log/mark_arg.h"
#include "sim/log/said.h"
#include "sim/log/write/writer.h"

/**
 * struct say_set - one set of registers, as the log has said it
 * @n_marks: marks REGS or CTXT of it in this episode
 * @cpu:     who has said something of it last
 * @used:    something was said
 * @changes: how often the set has changed: two of its states, one behind the other, with the same number are one
 */
struct say_set {
	struct said said;
	u64 changes;
	u32 n_marks;
	u32 cpu;
	bool used;
};

enum { SAY_TOUCHED = 4 };

/**
 * struct say - what a CPU's stream has said; its thread's
 * @ctxts:   [N_VMID * vcpu_per_vm] the machine's, by ctxt_id(); each guarded like the context itself
 * @at:      context of the MOVE or ENTER before, by ctxt_id()
 * @before:  ihost, icore, vmid, vcpuid before the last ENTER
 * @moved:   [MV_MOVE_*] move_blocks()
 * @regs_touched: blocks of c->regs that may differ from what was said
 * @touched: [n_touched] contexts that may, and in which blocks
 * @loaded:  the load that has begun put @load_value into register @load_reg of @load_set
 */
struct say {
	struct say_set regs;
	struct say_set *ctxts;
	u32 at;
	u64 before[4];
	u32 moved[MV_MOVE_LOAD_REST + 1];
	u32 regs_touched;
	u32 n_touched;
	struct {
		u32 id, blocks;
	} touched[SAY_TOUCHED];
	bool loaded;
	u32 load_reg;
	struct say_set *load_set;
	u64 load_value;
} __attribute__((aligned(CACHE_LINE)));

/* Does the stream take marks? */
static inline bool says(const struct cpu *c)
{
	return c->say && log_on(c->log) && !c->env;
}

void say_touch_any(struct cpu *c, u32 id, u32 blocks);
void say_load_any(struct cpu *c, bool regs, u32 index, u64 value);
void say_loaded_any(struct cpu *c);
void say_touched_any(struct cpu *c);
void say_move_any(struct cpu *c, u64 move);

/* Registers in @blocks of the context by ctxt_id() @id are about to change. */
static inline void say_touch(struct cpu *c, u32 id, u32 blocks)
{
	point_ctxt(c, id);
	if (says(c))
		say_touch_any(c, id, blocks);
}

/* The same of c->regs, which may just have changed. */
static inline void say_touch_regs(struct cpu *c, u32 blocks)
{
	if (c->say)
		c->say->regs_touched |= blocks;
}

/* Say what the touched registers and contexts hold now. */
static inline void say_touched(struct cpu *c)
{
	if (c->say && unlikely(c->say->regs_touched | c->say->n_touched) && says(c))
		say_touched_any(c);
}

/*
 * A load puts @value into the register of number @index: of c->regs (@regs), or of the context of what runs here.  The end of
 * its operation, which gives that value, says so: say_loaded().
 */
static inline void say_load(struct cpu *c, bool regs, u32 index, u64 value)
{
	if (!regs)
		point_ctxt(c, ctxt_id(c, c->cur_vmid, c->cur_vcpuid));
	if (says(c))
		say_load_any(c, regs, index, value);
}

/* The event of an operation is about to be written. */
static inline void say_loaded(struct cpu *c)
{
	if (c->say && unlikely(c->say->loaded))
		say_loaded_any(c);
}

/* Does MV_MOVE_* go from c->regs to the context? */
static inline bool say_is_save(u64 move)
{
	return move == MV_MOVE_SAVE_GP || move == MV_MOVE_SAVE_FP || move == MV_MOVE_SAVE_SYS ||
	       move == MV_MOVE_SAVE_FAULT;
}

/* Before registers move between c->regs and the context of what runs here, as MV_MOVE_* says. */
static inline void say_move(struct cpu *c, u64 move)
{
	point_ctxt(c, ctxt_id(c, c->cur_vmid, c->cur_vcpuid));
	if (says(c))
		say_move_any(c, move);
}

/* c->icore is set; cur_vmid and cur_vcpuid are still those of what ran. */
void say_enter(struct cpu *c, enum core_entry entry);
/* The mode is that of what goes on. */
void say_leave(struct cpu *c);

/* A call was left by a jump, or the CPU has halted the machine: what is still to be said of registers. */
void say_left(struct cpu *c);

/*
 * The episode is over and no CPU runs: whole digests of the CPU's registers, with what differs, and of the contexts of which it
 * spoke last: all that changed there has been said.  Any thread.
 */
void say_rest(struct cpu *c);

/* A machine of its own begins: every register is 0, and runs what runs on a new CPU.  Any thread. */
void say_reset(struct cpu *c);

/*
 * The CPU took a value from outside: number @n (or @n, what the stream is asked by) of stream MV_STREAM_* for @vmid.  Of a
 * stream whose values the log's header gives, @value is not written.
 */
void say_outside(struct cpu *c, u32 stream, vmid_t vmid, u64 n, u64 value);
/* The same of values @n..@n + @count - 1 of @vmid's data oracle, which went to registers. */
void say_data(struct cpu *c, vmid_t vmid, u64 n, u64 count);
/* They go to flat memory, whose event is next and has the values: said unless the event names their numbers. */
void say_flat(struct cpu *c, vmid_t vmid, u64 n, u64 count);

/* A device's register was written. */
void say_device(struct cpu *c, const struct device_write *w);
