/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The log of what a script's calls did.  A scripted environment keeps logs of its own, in which taking a lock is one event
 * and from which a call that was stuck is taken back; neither is the log of a run.  So each call that came to an end is made
 * once more, on a second machine whose CPUs have no environment: the code of a run, in one thread, writes the log.
 *
 * An episode begins with the first call behind boot or reset: until then a script makes the machine's start, which the log's
 * header tells.  Where a start differs from the one before, another log begins (@exec_record_opts.path with .2, .3, ...).
 * A booted machine is judged by everything if its first call is one that the core's callers make, or an operation of
 * sim/log/op.def.  If that call lies below, the header has no memory regions, so that only locks and contents are judged.
 *
 * Before something that no event and no header can tell an episode ends, and the log goes on with the next machine
 * (record_gap): what a script has set between two calls, steps of others that it scripts, primitives of the lower layers.
 */
#include "cpu/cpu.h"
#include "sim/exec/record_types.h"

struct env;
struct machine;
struct prim;
struct record;
struct scope_outcome;

/**
 * struct record_state - how the script calls
 * @cpu:  on which CPU; @line: of the script
 */
struct record_state {
	u32 cpu;
	u64 line;
	bool weak;
	struct errata errata;
};

/* NULL when nobody asks for a log: @o is NULL. */
struct record *record_new(const struct exec_record *o);
void record_free(struct record *r);

/* All of these: nothing when @r is NULL. */

/* The script has another machine from now on, with its environment, @booted or one without memory; the one before is still there. */
void record_machine(struct record *r, struct machine *m, struct env *env, bool booted);
/* A script has set a cell. */
void record_cell(struct record *r, u32 obj, u32 field, u64 index, u64 value);
/* A call is about to be made. */
void record_before(struct record *r, const struct record_state *how);
/* The call was made, and has come to @did.  Errors: those of opening a log; ERR_DISK, ERR_MEMORY: of writing it. */
MUST_CHECK int record_call(struct record *r, const struct prim *p, const u64 *args,
                           const struct scope_outcome *did, struct err *e);
/* The script has ended: the log is closed, and there even if no call was made.  Errors: as record_call(). */
MUST_CHECK int record_end(struct record *r, struct err *e);
