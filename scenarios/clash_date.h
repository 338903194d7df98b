/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Two CPUs of clash meet.  The one says what it is about to do (it *posts*), and the others come to its focus, each with an operation
 * that the posted one has seldom met.  They begin together, or who has posted *holds*: inside one of its first sections it waits
 * for a while until the others, who begin only now, have queued up behind it.
 */
#include "scenarios/clash_lists.h"

/* Fills @op with what is done when CPU @k comes to a date that is posted; false: it comes to none. */
bool clash_keep_date(struct kit_cpu *k, struct rng *r, struct operation *op);
/* Chooses an operation, posts it, and waits a little for who comes, @most CPUs; false: none was found. */
bool clash_make_date(struct kit_cpu *k, struct rng *r, struct operation *op, u32 most);
/*
 * The same of @op, which is chosen; false: meanwhile it can no longer be had.  @part: in which section it holds, and who comes does
 * something of @list; LIST_NONE and 0: any, and anything.
 */
bool clash_post(struct kit_cpu *k, struct rng *r, struct operation *op, u32 most,
                enum clash_list list, u32 part);
/* The same of register_kvm. */
bool clash_post_vm(struct kit_cpu *k, struct rng *r, struct operation *op);
/* Another operation of a guest at the same date; false: there is none. */
bool clash_goes_on(struct kit_cpu *k, struct rng *r, struct operation *op);
/* What the CPU did is over, and so is its part in a date. */
void clash_date_over(struct kit_cpu *k);
/* The CPU has halted the machine in what it did: before clash_date_over(). */
void clash_date_halted(struct kit_cpu *k);
