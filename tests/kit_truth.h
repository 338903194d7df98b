/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A program's classes and outcomes by every order of its steps, and by the searches that leave orders out: they must be the same ones.
 */
#include "sim/exec/scope.h"

/**
 * struct truth - sums over programs
 * @orders:  executions of every order of steps
 * @classes: by tickets, of all; @revisited: programs that SEARCH_REVISIT can do
 * @dependences: programs that were searched by both; of these @by_tickets and @by_cells classes, @wasted redundant or blocked ones by cells,
 *           and @endings different outcomes, with what was found in them
 * @deadlocks, @halts, @stuck, @found: programs with a class that ends so, or in which something is found
 * @fewer:   programs that have fewer classes by cells
 * @races:   set by who adds programs: they race for plain memory
 * @left:    programs with more orders than TRUTH_ORDERS, of which nothing is compared
 */
struct truth {
	u64 programs, orders, classes, revisited;
	u64 dependences, by_tickets, by_cells, wasted, endings;
	u64 deadlocks, halts, stuck, found, fewer, left;
	bool races;
};

enum { TRUTH_ORDERS = 4000 };

/*
 * truth_add() - does every search have what all orders have?
 * @both: by cells as well: the same outcomes (results, contents, halts, who waits for whom, what was found)
 * @why:  [size] what differs
 *
 * Returns false if something does.  A program with more than TRUTH_ORDERS orders is only counted.
 */
bool truth_add(struct truth *t, const struct scope *s, bool both, char *why, size_t size);
void truth_print(const struct truth *t, const char *name);
