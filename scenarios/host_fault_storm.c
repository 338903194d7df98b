// SPDX-License-Identifier: GPL-2.0-only
/* host-fault-storm: faults of the host against VMs that take its pages. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "fault", "weight of host faults", 1, 1000, 60 },
	{ "access", "weight of loads and stores of the host", 0, 1000, 30 },
	{ "boot", "weight of the steps that boot a VM", 0, 1000, 2 },
	{ "vms", "VMs of an episode", 0, MAX_VM_NUM, 4 },
	KIT_CORE_OPTION,
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_host_fault_storm = {
	KIT_SCENARIO,
	.name = "host-fault-storm",
	.sentence = "the hosts of N CPUs touch the same pages, while VMs are booted that take some "
		    "of them",
	.aim = "a page of a VM that the host still has, or gets; tables that several CPUs fill at "
	       "once",
	.options = options,
};
