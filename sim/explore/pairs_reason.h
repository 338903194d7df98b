/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Outcomes of a pair that neither order gives: in what each differs from those that an order gives, and between which of its own steps a side
 * has the other's; and the reasons (reasons.def), of which each holds for the outcomes that are so as it says, and for no others.
 */
#include "shmem/obj/obj.h"
#include "sim/base/vec.h"
#include "sim/explore/engine.h"

/* Parts of an outcome, as bits: of each side what its call came to and its registers; saved contexts; objects, by their kinds. */
enum { ODD_RESULT = 0, ODD_REGISTERS = 2, ODD_CONTEXTS = 4, ODD_OBJECTS = 5 };
enum { ODD_PARTS = ODD_OBJECTS + OBJ_NR };

/* What a step begins with: a ticket of a lock by the kind of its object, then the other points. */
enum { GAP_FLAT = OBJ_NR, GAP_DATA, GAP_CORE, GAP_HOLD, GAP_HALT, GAP_WORDS };

/* Pairs of these as a set of bits. */
struct gaps {
	u64 word[(GAP_WORDS * GAP_WORDS + 63) / 64];
};

/* Different ways to come to an outcome that are kept; of more, what they have in common stands in the last one. */
enum { ODD_WAYS = 8 };

/**
 * struct odd - an outcome
 * @name:    ending.name
 * @part:    [ODD_PARTS] a hash of each part
 * @between: [n_ways][side] of the executions that came to it: something of the other happens before the second of these steps of the side, and
 *           the first, the last one before it that does so, before something of the other's
 * @differs: parts, from the outcome of an order that differs in the fewest; of those that no order gives
 * @why:     of the reason that holds; NULL: none does
 */
struct odd {
	u64 name, part[ODD_PARTS], differs;
	u32 n_ways;
	struct gaps between[ODD_WAYS][2];
	const char *why;
};

/**
 * struct odds - outcomes of a start
 * @serial: those that an order gives; @v: of the search
 */
struct odds {
	VEC(struct odd) serial, v;
};

/* The execution that has ended and was not undone; @serial: it is one order. */
void odds_add(struct odds *o, const struct engine *e, const struct machine *m, bool serial);
void odds_free(struct odds *o);
/* NULL: no execution came to it. */
const struct odd *odds_find(const struct odds *o, u64 name);

/**
 * struct pair_reason - why a pair has outcomes that neither order gives; or, with @most 0, why it has no start
 * @erratum: it holds on the published side of it alone; ERRATUM_NR: on both
 * @side:    's', of @a and @b, own steps are those of @between
 * @between: "S2PAGE>NPT": in each execution the other is between a step of the side that begins with the one, and one that begins with the
 *           other (odd.between); several: a space between, and any of them will do
 * @differs: "B.registers contexts FLATMEM": parts in which it may differ from an outcome that an order gives, a space between
 * @most:    different outcomes of which it holds at most
 */
struct pair_reason {
	const char *a, *b;
	enum erratum erratum;
	u32 side;
	const char *between, *differs;
	u32 most;
	const char *why;
};

extern const struct pair_reason pair_reasons[];
extern const u32 n_pair_reasons;

/*
 * odds_explain() - which reasons of the pair hold for @names, the outcomes of a start that no order gives?
 * @a, @b: ids of rows; @errata: of the start
 * @slips: errata of reasons that hold are set to published
 *
 * Returns why (of the first), if there is one for each, and no reason holds for more of them than it says; else NULL.
 */
const char *odds_explain(struct odds *o, const u64 *names, u32 n, const char *a, const char *b,
                         const struct errata *errata, struct errata *slips);
/* The guard that forbids a start of the pair; NULL: no row says it. */
const char *pair_no_start(const char *a, const char *b);

/* "A.result contexts FLATMEM", A the first side; "S2PAGE>NPT data>data", of any execution.  Each returns @buf. */
const char *odd_differs_print(u64 differs, char *buf, size_t size);
const char *odd_between_print(const struct odd *o, u32 side, char *buf, size_t size);
