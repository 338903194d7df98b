// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit_forms.h"

#include <string.h>

enum { INTENDED, PUBLISHED };

static const struct {
	const char *operation, *form;
	bool published;
	enum erratum erratum;
} rows[] = {
#define FORM(operation, form, side, erratum) { #operation, form, side, ERRATUM_##erratum },
#include "scenarios/kit_forms.def"
};

bool kit_form_is(const struct errata *errata, const char *operation, const char *form)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].operation, operation) == 0 && strcmp(rows[i].form, form) == 0 &&
		    errata_published(errata, rows[i].erratum) != rows[i].published)
			return false;
	return true;
}

const char *kit_form_row(u32 i, const char **form)
{
	if (i >= ARRAY_SIZE(rows))
		return NULL;
	*form = rows[i].form;
	return rows[i].operation;
}
