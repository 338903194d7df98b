/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What is to be drawn (sim/explore/drawn.h). */
#include "sim/base/errata.h"
#include "sim/exec/scope.h"

/**
 * struct drawn_row - what can be drawn
 * @cpus, @ops, @before: where nobody says: CPUs; operations of each; and of each before concurrent
 * @options: of the scenario, "KEY=VALUE", other than it has by itself; ends with NULL
 * @starts:  it has so many starts, by the seed; 0: one for each seed
 */
struct drawn_row {
	const char *name, *sentence;
	u32 cpus, ops, before;
	const char *const *options;
	u32 starts;
};

enum { DRAWN_STARTS = 8, DRAWN_MAX_CPUS = 16, DRAWN_MAX_OPS = 1000, DRAWN_MAX_BEFORE = 100000 };

/**
 * struct drawn_opts
 * @cpus, @ops: 0: as the row says; @before: only if @has_before
 * @option: [n_options] of the scenario, "KEY=VALUE", behind those of the row
 * @tlb, @grain: of the scope
 * @chosen: sides of errata; between all and single ones come those of the scenario
 */
struct drawn_opts {
	const struct drawn_row *row;
	u32 cpus, ops, before;
	bool has_before;
	u64 seed;
	const char *const *option;
	u32 n_options;
	bool tlb;
	enum scope_grain grain;
	const struct errata_choice *chosen;
};
