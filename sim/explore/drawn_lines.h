/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* An operation of a scenario (scenarios/kit.h), as lines of a scope: what it did when it was executed. */
#include "scenarios/kit.h"
#include "sim/exec/scope.h"

enum { DRAWN_LINES = 4 };

/**
 * struct drawn_op
 * @line:   [n] one for each call of the core or access, in their order; what is done again and again stands there once
 * @unsaid: some of it is nothing that a line can say
 */
struct drawn_op {
	char line[DRAWN_LINES][SCOPE_CALL_TEXT];
	u32 n;
	bool unsaid;
};

/* @op is about to be executed on @c: an access of running code, or of a device, has its line now. */
void drawn_begin(struct drawn_op *d, const struct kit_cpu *k, const struct operation *op,
                 const struct cpu *c);
/* In it @c has entered the core (control_ops.enter). */
void drawn_enter(struct drawn_op *d, const struct kit_cpu *k, const struct operation *op,
                 const struct cpu *c, enum core_entry entry);
