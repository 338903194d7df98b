/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which classes of schedules there were: a set of 64-bit names, up to a budget of memory. */
#include "sim/explore/bytes.h"
#include "sim/explore/step.h"

struct classes;

/* @bytes: at most so much memory. */
struct classes *classes_new(u64 bytes);
void classes_free(struct classes *c);

/*
 * The name of an execution's class: equal for two executions of which one becomes the other by exchanging neighbours that are
 * independent.  Two different ones are equal by chance only, with a probability of about n^2 / 2^65 among n of them.
 */
u64 class_name(const struct execution *x);

/*
 * How many rounds the class needs: CPUs in the order of their numbers, each as far as the class lets it, and again from the first one.
 * At least 1.
 */
u32 class_rounds(const struct execution *x);

/* Is it new?  When the budget is used up it is not remembered, and classes_full() from then on. */
bool classes_add(struct classes *c, u64 name);
u64 classes_count(const struct classes *c);
bool classes_full(const struct classes *c);

/* All names. */
void classes_save(const struct classes *c, struct bytes *b);
/* They are added.  False: that is nothing that classes_save() has written. */
bool classes_load(struct classes *c, struct bytes_in *in);
