// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/change.h"

#include "sim/base/check.h"

static const char *const names[CH_NR] = {
#define CHANGE(kind, name, object, value, sentence) [CH_##kind] = name,
#include "oracle/world/change.def"
};

const char *change_name(enum change_kind kind)
{
	SIM_ASSERT(kind < CH_NR);
	return names[kind];
}
