// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/stuck_rule.h"

static const struct {
	const char *name, *sentence;
} rules[STUCK_NR] = {
	[STUCK_NONE] = { "STUCK_NONE", "not stuck" },
#define RULE(id, text) [STUCK_##id] = { "STUCK_" #id, text },
#include "sim/log/stuck.def"
};

const char *stuck_name(u64 rule)
{
	return rule < STUCK_NR ? rules[rule].name : "?";
}

const char *stuck_sentence(u64 rule)
{
	return rule < STUCK_NR ? rules[rule].sentence : "?";
}
