/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which scope, of those that commands take: a file or a name, and what its lines do not say. */
#include "sim/base/errata.h"
#include "sim/exec/scope.h"
#include "sim/explore/drawn.h"

#include <argp.h>

/* Keys of argp, beside those of the command. */
enum { KEY_ERRATA = 576, KEY_ERRATUM, KEY_TLB, KEY_BEFORE };

/* Rows of argp for scopes that are drawn; of: "" or "of SCOPE, ". */
#define DRAWN_ROWS(of)                                                                       \
	{                                                                                    \
		"ops",                                                                       \
		'n',                                                                         \
		"N",                                                                         \
		0,                                                                           \
		of "of storm and clash: operations of each CPU (hypsim list scopes)",        \
		0                                                                            \
	},                                                                                   \
	{                                                                                    \
		"before", KEY_BEFORE, "N", 0,                                                \
			of "of storm and clash: operations of each CPU before concurrent", 0 \
	}

/**
 * struct scope_args
 * @scope: a path, "-" (standard input), or a name (hypsim list scopes)
 * @cpus:  at least; 0: as many as it names
 * @tlb:   CPUs have translation buffers, whatever the scope says
 * @grain: how fine steps are; GRAIN_DEFAULT: as the scope says; @depend: by which dependence, DEPEND_DEFAULT: the same
 * @size:  [n_sizes] "cpus=N", "sections=K", "mended=1", of a name; "KEY=VALUE" of the scenario of a scope that is drawn
 * @ops, @before: of one that is drawn; @ops 0: as its row says, @before only if @has_before
 */
struct scope_args {
	const char *scope;
	u32 cpus;
	u64 seed;
	struct errata_choice chosen;
	bool tlb;
	enum scope_grain grain;
	enum scope_depend depend;
	const char *size[16];
	u32 n_sizes;
	u32 ops, before;
	bool has_before;
};

/* One of 'c', 's', 'o', 'n', KEY_BEFORE, KEY_ERRATA, KEY_ERRATUM and KEY_TLB, else ARGP_ERR_UNKNOWN; ends the process with status 2 if what it says is wrong. */
error_t scope_args_parse(int key, char *arg, struct argp_state *state, struct scope_args *o);
/* Errors: of scope_read() and scope_named(); ERR_USAGE. */
MUST_CHECK int scope_args_read(const struct scope_args *o, struct scope **out, struct err *e);
/* Is it drawn?  Then what is to be drawn; NULL: it is not. */
const struct drawn_row *scope_args_drawn(const struct scope_args *o, struct drawn_opts *out);
