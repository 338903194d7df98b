// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/scenarios.h"

#include <string.h>

#define SCENARIO(symbol) extern const struct scenario scenario_##symbol;
#include "scenarios/scenarios.def"

const struct scenario *const scenarios[] = {
#define SCENARIO(symbol) &scenario_##symbol,
#include "scenarios/scenarios.def"
	NULL,
};

u32 scenarios_count(void)
{
	return ARRAY_SIZE(scenarios) - 1;
}

const struct scenario *scenario_by_name(const char *name)
{
	for (u32 i = 0; scenarios[i]; i++)
		if (strcmp(scenarios[i]->name, name) == 0)
			return scenarios[i];
	return NULL;
}
