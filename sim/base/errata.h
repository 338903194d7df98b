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

void errata_set(struct errata *e, enum erratum id, bool published);
/* Each at its default; all as published. */
void errata_defaults(struct errata *e);
void errata_all_published(struct errata *e);

/* "ID=published|intended", ID also "all".  ERR_USAGE says what is wrong. */
MUST_CHECK int errata_parse(struct errata *e, const char *arg, struct err *err);

const char *erratum_name(enum erratum id);
const char *erratum_where(enum erratum id);
/* What one side says. */
const char *erratum_sentence(enum erratum id, bool published);
bool erratum_default_published(enum erratum id);
