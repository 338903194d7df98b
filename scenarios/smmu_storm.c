// SPDX-License-Identifier: GPL-2.0-only
/* smmu-storm: context banks of several VMs, from their first page to their next owner. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "smmu", "weight of hypercalls on context banks, and of devices' loads and stores", 1,
	  1000, 60 },
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 15 },
	{ "fault", "weight of host faults", 0, 1000, 5 },
	{ "run", "weight of vCPU runs", 1, 1000, 10 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 5 },
	{ "share", "weight of grants and revokes, among a guest's operations", 0, 1000, 5 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 20 },
	{ "off", "weight of powering off, among a guest's operations", 1, 1000, 1 },
	{ "reclaim", "weight of taking pages back from a VM that is off", 1, 1000, 10 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 7 },
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_smmu_storm = {
	KIT_SCENARIO,
	.name = "smmu-storm",
	.sentence = "hosts on N CPUs give context banks to VMs that boot, map pages for their "
		    "devices, clear them and take the banks back, while devices load and store",
	.aim = "a bank with two owners, a device that reaches a page of another VM, or of the "
	       "owner "
	       "before; the host touches no page that came to a VM this way, and clears what is "
	       "mapped from 1 GiB on before it frees a bank (as published errata count-invalid and "
	       "smmu-pt-clear)",
	.options = options,
};
