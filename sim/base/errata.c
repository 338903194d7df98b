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

void errata_all_intended(struct errata *e)
{
	*e = (struct errata){ .published = { 0 } };
}

enum erratum erratum_by_name(const char *name, size_t len)
{
	for (u32 i = 0; i < ERRATUM_NR; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return i;
	return ERRATUM_NR;
}

int errata_parse_all(struct errata *e, const char *arg, struct err *err)
{
	if (strcmp(arg, "default") == 0)
		errata_defaults(e);
	else if (strcmp(arg, "intended") == 0)
		errata_all_intended(e);
	else
		return err_set(err, ERR_USAGE,
		               "--errata: expected default or intended, found \"%.80s\"", arg);
	return 0;
}

/* Set side @published of erratum "ID", or of "all"; false: there is no such one. */
static bool set_named(struct errata *e, const char *id, size_t len, bool published)
{
	bool all = len == 3 && memcmp(id, "all", 3) == 0, found = all;

	for (u32 i = 0; i < ERRATUM_NR; i++) {
		if (!all && (strlen(rows[i].name) != len || memcmp(rows[i].name, id, len) != 0))
			continue;
		errata_set(e, i, published);
		found = true;
	}
	return found;
}

int errata_parse(struct errata *e, const char *arg, struct err *err)
{
	const char *eq = strchr(arg, '=');
	size_t len = eq ? (size_t)(eq - arg) : strlen(arg);

	if (!eq || (strcmp(eq + 1, "published") != 0 && strcmp(eq + 1, "intended") != 0))
		return err_set(err, ERR_USAGE,
		               "--erratum: expected ID=published or ID=intended, found \"%.80s\"",
		               arg);
	if (!set_named(e, arg, len, eq[1] == 'p')) {
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

int errata_choose_all(struct errata_choice *choice, const char *arg, struct err *err)
{
	int rc = errata_parse_all(&choice->all, arg, err);

	choice->has_all = choice->has_all || rc == 0;
	return rc;
}

int errata_choose(struct errata_choice *choice, const char *arg, struct err *err)
{
	int rc = errata_parse(&choice->side, arg, err);
	const char *eq = strchr(arg, '=');

	if (rc == 0)
		(void)set_named(&choice->named, arg, (size_t)(eq - arg), true);
	return rc;
}

void errata_apply_all(struct errata *e, const struct errata_choice *choice)
{
	if (choice->has_all)
		*e = choice->all;
}

void errata_apply_named(struct errata *e, const struct errata_choice *choice)
{
	for (u32 i = 0; i < ARRAY_SIZE(e->published); i++) {
		u64 named = choice->named.published[i];

		e->published[i] = (e->published[i] & ~named) | (choice->side.published[i] & named);
	}
}

struct errata errata_chosen(const struct errata_choice *choice)
{
	struct errata bits = choice->named;

	if (choice->has_all)
		memset(&bits, 0xff, sizeof(bits));
	return bits;
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
