/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Every class of schedules once, by items that know nothing of each other: for scopes each of whose steps changes one resource and
 * reads none (dependence "tickets" without accesses).
 *
 * An item is the beginning of an execution: steps, in order, each with the time at which it was added.  The execution goes on with the
 * lowest CPU that can.  Each step that it adds gives an item for each earlier step on the same resource that it can come before: what was
 * there before the earlier one, what the new step needs, the new step, and the earlier one.  An item is made only from the one
 * beginning of which what it throws away had been added in order, so that every class has exactly one parent (Kokologiannakis, Marmanis,
 * Gladstein, Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order Reduction", POPL 2022, for steps that are all of one kind).
 * Therefore the items of one search can be explored by anybody, in any order, and the sums are exact.
 *
 * Memory: the items that are still to be explored; what was explored is not remembered.
 */
#include "sim/explore/bytes.h"
#include "sim/explore/strategy.h"

struct revisit;

/* @whole: with the item that is the whole search: no steps.  Else without items. */
struct revisit *revisit_new(bool whole);
void revisit_free(struct revisit *r);
struct strategy revisit_strategy(struct revisit *r);

/* Items that are to be explored. */
u64 revisit_items(const struct revisit *r);
/* From now on it is unfit when its items take more bytes; 0: they may take what they take. */
void revisit_limit(struct revisit *r, u64 bytes);
/*
 * Was there a step that touches several resources, or reads one, or were there too many items?  Then nothing of the search counts: it is
 * none that this strategy can do.
 */
bool revisit_unfit(const struct revisit *r);

/* The oldest item, which has most below it, moves to @to, where it is the newest.  There is one. */
void revisit_move_oldest(struct revisit *r, struct revisit *to);
/* The oldest item is thrown away: somebody else explores it. */
void revisit_drop_oldest(struct revisit *r);
/* The oldest item becomes the newest: it is the next that is explored. */
void revisit_oldest_first(struct revisit *r);

/* The items, oldest first, behind what is in @b. */
void revisit_save(const struct revisit *r, struct bytes *b);
/* They are added as the newest.  False: what is in @in are no items of a scope of @cpus CPUs. */
bool revisit_load(struct revisit *r, u32 cpus, struct bytes_in *in);
