/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The step of each atomic operation.  [TrapHandlerSpec] */
#include "oracle/spec/effect.h"

/**
 * struct spec - an operation
 * @name:   the step's; NULL: the operation has none, and @reason says why
 * @source, @sections, @errata: as in oracle/spec/spec.def
 * @step:   pure: it reads the state through @s and writes the effect, nothing else.  @arg: [SPEC_ARGS]
 */
struct spec {
	const char *name, *source, *sections, *errata, *reason;
	void (*step)(struct abs *s, const u64 *arg, struct effect *out);
};

const struct spec *spec_of(enum hyp_op op);
/* Has it one?  (spec_of()->step) */
bool spec_has_step(u64 op);

/* Errata that one step depends on, at most. */
enum { SPEC_SLIPS = 7 };

/* The @i-th erratum of the operation's row, or ERRATUM_NR: it has not so many. */
enum erratum spec_slip(enum hyp_op op, u32 i);

/* The effect of @op on the state @s, whose @unheld and @asked it sets; the operation has a step. */
void spec_step(enum hyp_op op, struct abs *s, const u64 *arg, struct effect *out);

/* "COUNTED", and what it is; of which operation. */
const char *spec_branch_name(enum spec_branch b);
const char *spec_branch_sentence(enum spec_branch b);
enum hyp_op spec_branch_op(enum spec_branch b);
