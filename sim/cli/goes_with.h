/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which options of a command go together: an option that is given and would do nothing is refused. */
#include "sim/base/types.h"

#include <argp.h>
#include <stdio.h>

enum { GOES_SAID = 64, GOES_NOT = 4 };

/**
 * struct goes_mode - one of the things that a command does
 * @key:  the option that chooses it; 0: none, the arguments do
 * @name: what messages call the mode where @key is 0: "--every does not go with NAME"; up to a comma what lists call it
 */
struct goes_mode {
	int key;
	const char *name;
};

/**
 * struct goes_row - an option, and what it goes with
 * @modes: bit i: the option does something in mode number i
 * @needs: an option without which it does nothing; 0: none
 * @not_with: [GOES_NOT] options that it contradicts, or beside which it does nothing; 0: no more
 */
struct goes_row {
	int key;
	u32 modes;
	int needs;
	int not_with[GOES_NOT];
};

/**
 * struct goes_with - the table of a command
 * @options: of argp, up to the row without a name, key and doc
 * @row: [n_rows] one for each option
 * @mode: [n_modes] number 0 is what is done where no option chooses another
 */
struct goes_with {
	const struct argp_option *options;
	const struct goes_row *row;
	u32 n_rows;
	const struct goes_mode *mode;
	u32 n_modes;
};

/**
 * struct goes_said - what a command line has
 * @key: [n] keys of options, in their order, each once
 */
struct goes_said {
	int key[GOES_SAID];
	u32 n;
};

/* The name of the option of row number @i, without "--". */
const char *goes_row_name(const struct goes_with *t, u32 i);
/* "with a search, --pairs; not with --jobs": what the option of row number @i goes with. */
void goes_row_print(FILE *f, const struct goes_with *t, u32 i);

/* For each key that argp gives; keys without a row are left out. */
void goes_said_add(struct goes_said *s, const struct goes_with *t, int key);

/* The mode that the options choose.  Two options that choose different modes end the process with status 2, and both are named. */
u32 goes_mode_of(struct argp_state *state, const struct goes_with *t, const struct goes_said *s);

/* Two options that do not go together, or an option and the mode, end the process with status 2, and both are named. */
void goes_with_check(struct argp_state *state, const struct goes_with *t, const struct goes_said *s,
                     u32 mode);
