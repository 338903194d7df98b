/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Published or intended: which side of each slip of the published files a machine follows. */
#include "sim/base/err.h"
#include "sim/base/types.h"

enum erratum {
#define ERRATUM(id, name, dflt, where, published, intended) ERRATUM_##id,
#include "sim/base/errata.def"
	ERRATUM_NR
};

/* One bit an erratum: set = as published. */
struct errata {
	u64 published[2];
};

_Static_assert((int)ERRATUM_NR <= 128, "one bit each");

static inline bool errata_published(const struct errata *e, enum erratum id)
{
	return e->published[id / 64] >> (id % 64) & 1;
}

/*
 * Has the erratum one side in @a and the other in @b?  Two errata_published() are not compared: with -O1 -fsanitize=thread gcc
 * 12 takes the second for the whole comparison.
 */
static inline bool errata_differ(const struct errata *a, const struct errata *b, enum erratum id)
{
	return (a->published[id / 64] ^ b->published[id / 64]) >> (id % 64) & 1;
}

void errata_set(struct errata *e, enum erratum id, bool published);
/* Each at its default; all as published; all as intended. */
void errata_defaults(struct errata *e);
void errata_all_published(struct errata *e);
void errata_all_intended(struct errata *e);

/* "ID=published|intended", ID also "all".  ERR_USAGE says what is wrong. */
MUST_CHECK int errata_parse(struct errata *e, const char *arg, struct err *err);
/* "default" or "intended": all of them.  ERR_USAGE. */
MUST_CHECK int errata_parse_all(struct errata *e, const char *arg, struct err *err);

/**
 * struct errata_choice - what the options --errata and --erratum of a command ask for; {0}: nothing
 * @has_all: --errata was given: @all
 * @named:   bits of those that --erratum named, and in @side the side of each
 *
 * Single ones count after all of them, wherever on the line the options stand.
 */
struct errata_choice {
	bool has_all;
	struct errata all, named, side;
};

/* An argument of --errata; of --erratum.  ERR_USAGE says what is wrong, and the choice is as it was. */
MUST_CHECK int errata_choose_all(struct errata_choice *choice, const char *arg, struct err *err);
MUST_CHECK int errata_choose(struct errata_choice *choice, const char *arg, struct err *err);
/* What was chosen of all; of single ones, which comes after it. */
void errata_apply_all(struct errata *e, const struct errata_choice *choice);
void errata_apply_named(struct errata *e, const struct errata_choice *choice);
/* Bits of those whose side was chosen. */
struct errata errata_chosen(const struct errata_choice *choice);

const char *erratum_name(enum erratum id);
/* The one of this name, ERRATUM_NR when there is none. */
enum erratum erratum_by_name(const char *name, size_t len);
const char *erratum_where(enum erratum id);
/* What one side says. */
const char *erratum_sentence(enum erratum id, bool published);
bool erratum_default_published(enum erratum id);
