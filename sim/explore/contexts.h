/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * For which saved contexts do CPUs race?  No lock guards a context: it belongs to the CPU on which its vCPU is ACTIVE, and while that is so,
 * what happens before what orders all uses of it, so that nobody need know of them.  Where a program lets two CPUs into one vCPU, a use is not
 * ordered behind another CPU's: then steps depend on each other by the context.
 */
#include "sim/explore/step.h"

struct contexts;

/* So many contexts, by ctxt_id(). */
struct contexts *contexts_new(u32 n);
void contexts_free(struct contexts *c);
/* A new execution: nobody has used any. */
void contexts_begin(struct contexts *c);
/*
 * CPU @cpu, which goes on in @x, reads context @id, or, with @write, changes it.  Returns whether another CPU has used it in a step that does
 * not happen before this one, and one of the two changes it.
 */
bool contexts_race(struct contexts *c, const struct execution *x, u32 cpu, u32 id, bool write);
