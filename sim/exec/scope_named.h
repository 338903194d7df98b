/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Scopes that have a name (sim/exec/scopes.def), for any number of CPUs and sections. */
#include "sim/exec/scope.h"

/**
 * struct scope_row
 * @max_cpus, @max_sections: from 1 on; @cpus, @sections: where nobody says
 */
struct scope_row {
	const char *name, *sentence;
	u32 max_cpus, cpus, max_sections, sections;
};

/* [n_scope_rows] */
extern const struct scope_row scope_rows[];
extern const u32 n_scope_rows;

/* NULL: there is none. */
const struct scope_row *scope_row_by_name(const char *name);

/* How large a scope is to be: 0: as its row says. */
struct scope_size {
	u32 cpus, sections;
};

/* An argument of -o: "cpus=N", "sections=K", of the scope @row.  ERR_USAGE says what is wrong, and *io is as it was. */
MUST_CHECK int scope_size_set(const struct scope_row *row, const char *arg, struct scope_size *io,
                              struct err *e);

/*
 * Make the scope of this name; it has expect verdict, and expect classes where the number is known.  @cpus, @sections: 0: as
 * its row says.  Seed 1 and the defaults of all errata.  ERR_USAGE: there is no such scope, or not so large.
 */
MUST_CHECK int scope_named(const char *name, u32 cpus, u32 sections, struct scope **out,
                           struct err *e);
