// SPDX-License-Identifier: GPL-2.0-only
/* share-race: grants and revokes against host faults on the same pages. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "fault", "weight of host faults", 1, 1000, 60 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 30 },
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 20 },
	{ "run", "weight of vCPU runs", 1, 1000, 30 },
	{ "share", "weight of grants and revokes, among a guest's operations", 1, 1000, 60 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 4 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 2 },
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_share_race = {
	KIT_SCENARIO,
	.name = "share-race",
	.sentence = "guests share and unshare the pages that the hosts of other CPUs fault on at "
		    "the same time",
	.aim = "a count that loses a share, a host mapping that outlives the last one",
	.options = options,
};
