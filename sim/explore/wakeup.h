/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Wake-up trees: the sequences of steps, from a place of the execution on, that are still to be explored.  Abdulla, Aronis, Jonsson,
 * Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", J. ACM 64(4), 2017: a tree has no two
 * sequences of which one begins with something equivalent to the other, so that no class is explored twice.
 */
#include "sim/explore/step.h"

/**
 * struct wake_step - a step of a sequence, as it was in the execution that it comes from
 * @touch: [n_touch]
 * @after: of the step there: which of the sequence's steps happen before it
 * @unsure: there it came behind a step on which it depends, and which the sequence does not have: here it may touch something else
 */
struct wake_step {
	u32 cpu, nth;
	u32 n_touch;
	bool unsure;
	const touch_t *touch;
	const struct clock *after;
};

/**
 * struct wake_node - a step of a tree; its sequences go on with @child, then with its @next
 * @touch: [n_touch] what the step touched when it was put there
 * @unsure: wake_step.unsure
 */
struct wake_node {
	u32 cpu, n_touch;
	bool unsure;
	touch_t *touch;
	struct wake_node *child, *next;
};

/* Do the two touch nothing in common that one of them changes? */
bool touches_independent(const touch_t *a, u32 n_a, const touch_t *b, u32 n_b);

/*
 * Can @cpu's next step, which touches @touch, come first in the sequence @v: is it the step of @v that nothing in @v happens before, or
 * independent of all of @v?  *at: which one it is; @n: none of @v.  [weak initials]
 * @unsure: @touch is of a step that is unsure (wake_step.unsure); else it is what the CPU's step touches where @v begins
 */
bool wake_initial(const struct wake_step *v, u32 n, u32 cpu, const touch_t *touch, u32 n_touch,
                  bool unsure, u32 *at);

/* Put the sequence @v into the tree, unless one is there that begins with the same steps.  @v is used up.  Returns whether it was put there. */
bool wake_insert(struct wake_node **tree, struct wake_step *v, u32 n);

/* A node of its own with the step, without children and without others beside it. */
struct wake_node *wake_node_new(const struct wake_step *s);
void wake_free(struct wake_node *tree);
/* One node without its children. */
void wake_free_one(struct wake_node *node);
