// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/bugs/bugs.h"

#include <string.h>

#define BUG(symbol) extern const struct bug bug_##symbol;
#include "scenarios/bugs/bugs.def"

const struct bug *const bugs[] = {
#define BUG(symbol) &bug_##symbol,
#include "scenarios/bugs/bugs.def"
	NULL,
};

const struct scenario *bug_by_name(const char *name)
{
	for (u32 i = 0; bugs[i]; i++)
		if (strcmp(bugs[i]->scenario.name, name) == 0)
			return &bugs[i]->scenario;
	return NULL;
}
