// SPDX-License-Identifier: GPL-2.0-only
/* vm-lifecycle: whole lives of VMs, with pages that change hands again and again. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 30 },
	{ "run", "weight of vCPU runs", 1, 1000, 30 },
	{ "fault", "weight of host faults", 0, 1000, 10 },
	{ "reclaim", "weight of taking pages back from a VM that is off", 1, 1000, 30 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 10 },
	{ "share", "weight of grants and revokes, among a guest's operations", 0, 1000, 20 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 20 },
	{ "off", "weight of powering off, among a guest's operations", 1, 1000, 4 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 7 },
	KIT_CORE_OPTION,
	KIT_IMAGE_OPTION,
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_vm_lifecycle = {
	KIT_SCENARIO,
	.name = "vm-lifecycle",
	.sentence = "VMs live and die on N CPUs: boot, run, faults, shares, power off, reclaim, "
		    "and the next one on the same pages",
	.aim = "states that are skipped or come back, pages that keep an owner, a mapping or "
	       "contents of the VM before",
	.options = options,
};
