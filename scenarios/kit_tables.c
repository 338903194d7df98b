// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit.h"

#define TABLE(name) extern const struct kit_op kit_##name##_ops[];
#include "scenarios/kit_tables.def"

const struct kit_op *const kit_tables[] = {
#define TABLE(name) kit_##name##_ops,
#include "scenarios/kit_tables.def"
	NULL,
};
