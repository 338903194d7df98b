// SPDX-License-Identifier: GPL-2.0-only
/* vcpu-migrate: vCPUs that move between CPUs. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 20 },
	{ "run", "weight of vCPU runs", 1, 1000, 100 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 5 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 30 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 2 },
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_vcpu_migrate = {
	KIT_SCENARIO,
	.name = "vcpu-migrate",
	.sentence = "the vCPUs of a few VMs run on whichever of N CPUs has them next",
	.aim = "a vCPU that runs on two CPUs, or finds other registers than it left",
	.options = options,
};
