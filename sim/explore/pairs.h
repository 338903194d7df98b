/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Every pair of entry operations on two CPUs: a matrix, of which each cell is a few scopes of one call a CPU, explored and compared with
 * the two serial orders.
 */
#include "sim/explore/pairs_reason.h"
#include "sim/explore/search.h"

enum pair_sort { PAIR_HVC, PAIR_RUN, PAIR_IRQ, PAIR_TRAP, PAIR_FAULT, PAIR_ACCESS };
enum pair_effect { PAIR_DOES_CHANGES, PAIR_DOES_HALTS, PAIR_DOES_NONE };

/**
 * struct pair_row - an entry operation (entries.def)
 * @errata, @facts: words, a space between
 */
struct pair_row {
	const char *id;
	enum pair_sort sort;
	const char *covers;
	enum pair_effect effect;
	const char *errata, *facts, *call;
};

/**
 * struct pair_refusal - a start in which row @id is refused
 * @call:   "": that of the row
 * @reason: of its panic; PANIC_NONE: it does nothing
 */
struct pair_refusal {
	const char *id, *name, *facts, *call;
	enum panic_reason reason;
	const char *who;
};

extern const struct pair_row pair_rows[];
extern const u32 n_pair_rows;
extern const struct pair_refusal pair_refusals[];
extern const u32 n_pair_refusals;

/* n_pair_rows: there is none. */
u32 pair_row_by_id(const char *id);
const char *pair_sort_name(enum pair_sort s);

/* Which of its resources the second row has in common with the first: bits. */
enum { PAIR_SAME_VM = 1, PAIR_SAME_PAGE = 2, PAIR_SAME_BANK = 4, PAIR_SAME_ALL = 7 };
/* And: their pages lie in the block that one of them takes whole, where one does. */
enum { PAIR_IN_BLOCK = 8 };

/**
 * struct pair_cell_id - what a start is for
 * @row:     [2] numbers of rows, of CPU 0 and CPU 1; the first is not above the second
 * @refused: the start of one of the two that is refused, of row @refused_side; NULL: both must succeed
 */
struct pair_cell_id {
	u32 row[2];
	const struct pair_refusal *refused;
	u32 refused_side;
};

/* The start's scope as text, for the caller to free.  @same: PAIR_SAME_*, PAIR_IN_BLOCK. */
char *pair_text(const struct pair_cell_id *id, u32 same);

/* Letters in a cell: what the outcomes are. */
enum pair_class {
	PAIR_NO_START,    /* neither is there a start in which both succeed */
	PAIR_INDEPENDENT, /* one outcome */
	PAIR_SERIAL,      /* each outcome is that of one order of the two */
	PAIR_EXPLAINED, /* there is another one, and a row of reasons says which sections and which step of the specification allow it */
	PAIR_NEITHER,   /* there is another one */
};

/* Beside it: bits. */
enum {
	PAIR_PANICS = 1, /* in some executions the machine halts */
	PAIR_KNOWN = 2,  /* what an erratum does was found */
	PAIR_VIOLATION =
		4, /* the judge has found something else, or CPUs wait for each other, or a call is stuck */
	PAIR_INCOMPLETE = 8, /* the budget was not enough: nothing is said of what is left */
	PAIR_FAULTS =
		16, /* in some executions an access finds no page: as published it is stuck there */
};

enum { PAIR_FOUND = 160 };

/**
 * struct pair_start - a start that was explored
 * @refused: as in its id; @same: PAIR_SAME_*
 * @flags:   PAIR_PANICS, ...
 * @odds:    of @outcomes what tells them from those of the two orders
 * @errata:  a bit each: whose published side was found to do something
 * @found:   names of rows and words that were found, a space between
 */
struct pair_start {
	struct scope *scope;
	char *text;
	const struct pair_refusal *refused;
	u32 refused_side, same;
	enum pair_class class;
	u32 flags;
	struct search_result r;
	struct endings *outcomes;
	struct odds odds;
	struct errata errata;
	char found[PAIR_FOUND];
};

/**
 * struct pair_cell
 * @class: the worst of its starts; @flags: of any
 * @why:   PAIR_NO_START: the guard that forbids it, PAIR_EXPLAINED: the sections and the step; "": no row says it
 * @start: the first one is that in which both succeed, if there is one
 * @not_built: starts that are refused and could not be made with this pair
 */
struct pair_cell {
	u32 row[2];
	enum pair_class class;
	u32 flags, not_built;
	const char *why;
	struct {
		struct pair_start *v;
		u32 n, cap;
	} start;
};

/**
 * struct pair_opts
 * @errata: of all starts, but for those that a row wants as intended
 * @executions, @seconds: of one start at most; 0: no limit
 */
struct pair_opts {
	struct errata errata;
	u64 seed, executions, seconds;
	struct engine_opts engine;
	bool (*interrupted)(void);
};

/* Make all starts of the pair and explore them.  Errors: of the host; ERR_USAGE, ERR_TEXT: a row of ours is wrong. */
MUST_CHECK int pair_explore(u32 a, u32 b, const struct pair_opts *o, struct pair_cell *out,
                            struct err *e);
void pair_cell_free(struct pair_cell *c);

/* "independent", ... */
const char *pair_class_name(enum pair_class c);
