/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A machine, with its log in memory, is put back to what it was at a base, again and again, in time proportional to what was
 * touched since: for who runs many executions from one point.
 *
 * Its owner controls the CPUs (cpu/point.h) and hands on what control_ops.note and control_ops.note_ctxt tell.  All that an
 * execution can change comes back bit for bit: contents and digests, words of locks and flat memory's number, the CPUs but
 * their statistics and what the owner has set (undo_cpu.def), saved contexts and what the log has said of them, counters of the
 * data oracles, translation buffers, halt and stop, and each stream of the log.
 *
 * No CPU sleeps and none is admitted; no environment is scripted.  machine_reset() ends what a base was good for.
 */
#include "sim/machine/machine.h"

struct machine_undo;

/* The base is now, when no CPU is in a call and the log is in memory, or off.  Errors: ERR_MEMORY. */
MUST_CHECK int machine_undo_new(struct machine_undo **out, struct machine *m, struct err *e);
void machine_undo_free(struct machine_undo *u);

/* The base is now.  It costs what the CPUs, all contexts and buffers take; not what was touched. */
void machine_undo_base(struct machine_undo *u);

/* Cells [@first, @first + @n) of @field of @o, numbers within the field, are about to change. */
void machine_undo_note(struct machine_undo *u, struct obj *o, u32 field, u64 first, u64 n);
/* The saved context of number @id, or what the log has said of it, is about to change. */
void machine_undo_ctxt(struct machine_undo *u, u32 id);

/* A bit for each object of which a cell may have changed since the base, as machine_undo_note() was told. */
u64 machine_undo_objs_changed(const struct machine_undo *u);
/* Of the saved contexts that differ from the base: a hash of their numbers and of what they hold; 0: none does. */
u64 machine_undo_ctxts_changed(const struct machine_undo *u);

/**
 * machine_undo_run() - all is as it was at the base
 * @cpus: a bit for each CPU that ran since then, or since the last time; each CPU after machine_end_episode()
 * @regs: of these CPUs a bit for each whose registers may have changed
 *
 * A CPU that is in a call has been given up in it: it will not be gone on with.  A log that has failed stays as it is.
 */
void machine_undo_run(struct machine_undo *u, u64 cpus, u64 regs);

/*
 * A hash of all that machine_undo_run() brings back.  It reads all memory that there is, which takes milliseconds.  Equal in
 * two machines, or two processes, that hold the same.
 */
u64 machine_undo_digest(const struct machine *m);
