/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Scopes that have a name (sim/exec/scopes.def), for any number of CPUs and sections. */
#include "sim/exec/scope.h"

/**
 * struct scope_row
 * @sentence: of a shape: what goes wrong.  NULL: @shape with @cpus CPUs
 * @mended: what mends the shape; NULL: see scope_row_mended()
 * @min_cpus, @max_cpus, @max_sections: what can be chosen, sections from 1 on; @cpus, @sections: where nobody says
 */
struct scope_row {
	const char *name, *sentence, *shape, *mended;
	u32 min_cpus, max_cpus, cpus, max_sections, sections;
};

/* [n_scope_rows] */
extern const struct scope_row scope_rows[];
extern const u32 n_scope_rows;

/* NULL: there is none. */
const struct scope_row *scope_row_by_name(const char *name);

enum scope_chosen { SCOPE_CPUS, SCOPE_SECTIONS, SCOPE_MENDED, SCOPE_CHOICES };

/**
 * struct scope_choice - something that can be chosen of a scope, with -o KEY=N
 * @value: what stands for the number in a message
 */
struct scope_choice {
	enum scope_chosen which;
	const char *key, *value, *sentence;
	u32 min, max, dflt;
};

/* Those of the scope: how many there are. */
u32 scope_choices(const struct scope_row *row, struct scope_choice out[SCOPE_CHOICES]);

/* What mends the shape, which can be chosen; NULL: nothing is wrong, or nothing can be chosen. */
const char *scope_row_mended(const struct scope_row *row);

/* What was chosen of a scope: @cpus, @sections: 0: as its row says; @mended: 1: what is wrong with the shape is not. */
struct scope_size {
	u32 cpus, sections, mended;
};

/*
 * An argument of -o: "cpus=N", "sections=K", "mended=1", of the scope @row.  ERR_USAGE says what is wrong, and *io is as it was.
 */
MUST_CHECK int scope_size_set(const struct scope_row *row, const char *arg, struct scope_size *io,
                              struct err *e);

/*
 * Make the scope; it has expect verdict, and expect classes where the number is known.  Seed 1 and the defaults of all errata.
 * ERR_USAGE: it is not so large, or not so small.  scope_named(): also: there is no such scope.
 */
MUST_CHECK int scope_make(const struct scope_row *row, const struct scope_size *size,
                          struct scope **out, struct err *e);
MUST_CHECK int scope_named(const char *name, u32 cpus, u32 sections, struct scope **out,
                           struct err *e);
