// SPDX-License-Identifier: GPL-2.0-only
/* pool-exhaustion: running out of pools is the aim. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "pool", "weight of what draws from the pools", 1, 1000, 1 },
	{ "vms", "VMs of an episode", 4, MAX_VM_NUM, 6 },
	KIT_EVEN_OPTION,
	KIT_CLAIMS_OPTION,
	{ "illegal", "percent of the operations that break a rule and are refused", 0, 100, 2 },
	{ "panics",
	  "of 100000 operations, how many ask for more than there is, when a pool is empty", 0,
	  100000, 20000 },
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_pool_exhaustion = {
	KIT_SCENARIO,
	.name = "pool-exhaustion",
	.sentence = "hosts on N CPUs use up a pool in each episode: tables of a VM's three levels, "
		    "tables of the SMMUs' two, addresses for images",
	.aim = "a table page that is given twice, or lost; a machine that does not halt when a "
	       "pool "
	       "is empty, or halts before; an episode ends with that panic, and nowhere else",
	.options = options,
};
