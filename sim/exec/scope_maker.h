/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Who makes the lines of scopes that have a name (sim/exec/scopes.def). */
#include "sim/base/types.h"

#include <stdio.h>

/**
 * struct maker - of a scope's lines
 * @n, @k:    CPUs, sections
 * @mended:   what is wrong with the shape is not
 * @classes:  by tickets; 0: not known
 * @verdict:  what a search finds
 * @before, @behind: lines before concurrent and behind end
 */
struct maker {
	FILE *f;
	u32 n, k;
	bool mended;
	u64 classes;
	const char *verdict;
	const char *before, *behind;
};

/* A line that takes a lock, and one that gives it up; @lock: "core", "vm 3". */
void maker_take(const struct maker *m, const char *lock);
void maker_give(const struct maker *m, const char *lock);
/* *io times a, 0 when that is not known or too large. */
void maker_times(u64 *io, u64 a);
/* The orders of @n CPUs with @k sections of one lock each: (nk)! / (k!)^n; 0: too many. */
u64 maker_orders(u32 n, u32 k);

/* The program of @cpu of each SHAPE, and what is known of the scope. */
#define SHAPE(name, ...) void make_##name(struct maker *m, u32 cpu);
#include "sim/exec/scopes.def"
