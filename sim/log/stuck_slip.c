// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/stuck_slip.h"

#include "sim/base/check.h"
#include "sim/log/stuck_rule.h"

#include <string.h>

static const struct {
	const char *primitive;
	enum stuck_rule rule;
	enum erratum erratum;
} slips[] = {
#define SLIP(primitive, rule, erratum) { #primitive, STUCK_##rule, ERRATUM_##erratum },
#include "sim/log/stuck_slip.def"
};

enum erratum stuck_slip(const char *call, u64 rule)
{
	size_t n = strcspn(call, "(");

	for (u32 i = 0; i < ARRAY_SIZE(slips); i++)
		if (slips[i].rule == rule && strlen(slips[i].primitive) == n &&
		    memcmp(slips[i].primitive, call, n) == 0)
			return slips[i].erratum;
	return ERRATUM_NR;
}
