/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One call of a script: the primitive runs as it does in a run; a stuck one is undone as a whole. */
#include "sim/exec/env.h"
#include "sim/machine/prim.h"

/**
 * exec_call() - call @p on CPU @c, whose environment is @e
 * @a:     [p->n_args]
 * @weak:  primitives of shared objects do not look at bars; those whose name ends in 0 do all the same
 * @value: what it gave, 0 when it gives nothing
 *
 * OUT_OK; OUT_STUCK: c->stuck says why, nothing has changed; OUT_PANIC: this call has halted the machine.
 */
enum outcome exec_call(struct env *e, struct cpu *c, const struct prim *p, const u64 *a, bool weak,
                       u64 *value);
