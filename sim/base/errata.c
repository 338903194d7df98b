// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/errata.h"

#include "sim/base/nearest.h"

#include "sim/base/check.h"

#include <string.h>

enum { INTENDED, PUBLISHED };

static const struct {
	const char *name, *where, *says[2];
	bool published;
} rows[ERRATUM_NR] = {
#define ERRATUM(id, n, dflt, w, pub, meant) \
	[ERRATUM_##id] = { .name = n, .where = w, .says = { meant, pub }, .published = dflt },
#include "sim/base/errata.def"
};

void errata_set(struct errata *e, enum erratum id, bool published)
{
	u64 bit = 1ull << (id % 64);

	SIM_ASSERT(id < ERRATUM_NR);
	if (published)
		e->published[id / 64] |= bit;
	else
		e->published[id / 64] &= ~bit;
}

void errata_defaults(struct errata *e)
{
	*e = (struct errata){ .published = { 0 } };
	for (u32 i = 0; i < ERRATUM_NR; i++)
		errata_set(e, i, rows[i].published);
}

void errata_all_published(struct errata *e)
{
	for (u32 i = 0; i < ERRATUM_NR; i++)
		errata_set(e, i, true);
}

int errata_parse(struct errata *e, const char *arg, struct err *err)
{
	const char *eq = strchr(arg, '=');
	size_t len = eq ? (size_t)(eq - arg) : strlen(arg);
	bool published, found = false;

	if (!eq || (strcmp(eq + 1, "published") != 0 && strcmp(eq + 1, "intended") != 0))
		return err_set(err, ERR_USAGE,
		               "--erratum: expected ID=published or ID=intended, found \"%.80s\"",
		               arg);
	published = eq[1] == 'p';
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		bool all = len == 3 && memcmp(arg, "all", 3) == 0;

		if (!all && (strlen(rows[i].name) != len || memcmp(rows[i].name, arg, len) != 0))
			continue;
		errata_set(e, i, published);
		found = true;
	}
	if (!found) {
		struct nearest near;
		char hint[96];

		nearest_begin(&near, arg, len);
		for (u32 i = 0; i < ERRATUM_NR; i++)
			nearest_try(&near, rows[i].name);
		return err_set(err, ERR_USAGE,
		               "--erratum: there is no erratum '%.*s'%s ('hypsim list errata' "
		               "shows them)",
		               (int)min_u64(len, 64), arg, nearest_hint(&near, hint, sizeof(hint)));
	}
	return 0;
}

const char *erratum_name(enum erratum id)
{
	return rows[id].name;
}

const char *erratum_where(enum erratum id)
{
	return rows[id].where;
}

const char *erratum_sentence(enum erratum id, bool published)
{
	return rows[id].says[published];
}

bool erratum_default_published(enum erratum id)
{
	return rows[id].published;
}
