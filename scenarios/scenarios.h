/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What scenarios there are: the rows of scenarios.def. */
#include "scenarios/scenario.h"

/* NULL-terminated. */
extern const struct scenario *const scenarios[];
/* How many there are. */
u32 scenarios_count(void);

const struct scenario *scenario_by_name(const char *name);
