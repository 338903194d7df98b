/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The distinct outcomes of a scope: what its calls came to, how it ended, and what the objects hold then. */
#include "sim/explore/bytes.h"
#include "sim/explore/engine.h"

/* Does a serial order of the operations (sim/explore/serial.h) give it? */
enum outcome_serial { OUTCOME_NOT_COMPARED, OUTCOME_SERIAL, OUTCOME_NON_SERIAL };

/**
 * struct ending
 * @name:   a hash of all that is in it: results, registers behind the calls of the hypervisor, halts, contents, saved contexts
 * @contents: of the digests of all objects at the end
 * @count:  executions that came to it
 * @called: [all calls of the programs, CPU by CPU] what they came to in the first of them
 * @step:   [n_steps] the CPUs of the shortest of their schedules, and of those the first in the order of numbers
 * @says:   of a deadlock since which step who waits for whom, of a step limit which steps repeat; NULL: nothing
 * @violations: executions of them in which the judge, or an expectation, has found something
 */
struct ending {
	u64 name, contents, count, violations;
	enum outcome_serial serial;
	enum execution_end end;
	struct called *called;
	u8 *step;
	u32 n_steps;
	char *says;
};

struct endings;

/* At most @max different ones are kept; of the others only the number of executions is. */
struct endings *outcomes_new(const struct scope *scope, u32 max);
void outcomes_free(struct endings *o);
/* The execution that has ended and was not undone. */
void outcomes_add(struct endings *o, const struct engine *e, const struct machine *m);
void outcomes_clear(struct endings *o);
/*
 * Each of @o is serial when it is one of @serial, which are those of all serial orders.  Of a machine that has halted it is enough that
 * a serial order halts it in the same calls for the same reason: what the others were in the middle of is nobody's result.
 */
void outcomes_compare(struct endings *o, const struct endings *serial);
/* Of the execution that has ended and was not undone: ending.name. */
u64 outcome_name(const struct engine *e, const struct machine *m);
/* @h, and all that the call came to. */
u64 called_hash(u64 h, const struct called *c);
/* A hash of what the objects hold now. */
u64 outcome_contents(const struct machine *m);
u32 outcomes_count(const struct endings *o);
/* By falling count. */
const struct ending *outcomes_get(const struct endings *o, u32 i);
/* Executions whose outcome was not kept. */
u64 outcomes_left(const struct endings *o);
void outcomes_sort(struct endings *o);

/* Those of @from, of the same scope, are added; the sums do not depend on who is added to whom while all are kept. */
void outcomes_merge(struct endings *o, const struct endings *from);
void outcomes_save(const struct endings *o, struct bytes *b);
/* What was saved is added.  False: that is nothing that outcomes_save() has written for this scope. */
bool outcomes_load(struct endings *o, struct bytes_in *in);
