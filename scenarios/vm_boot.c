// SPDX-License-Identifier: GPL-2.0-only
/* vm-boot: register, load, remap, verify and run, for several VMs at once. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 60 },
	{ "run", "weight of vCPU runs", 0, 1000, 5 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 10 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, MAX_VM_NUM },
	KIT_IMAGE_OPTION,
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_vm_boot = {
	KIT_SCENARIO,
	.name = "vm-boot",
	.sentence = "each of N CPUs boots VMs, one after the other, until there are no more vmids",
	.aim = "vmids and remap addresses given twice, images that take pages of others, vCPUs "
	       "that run before their VM is verified",
	.options = options,
};
