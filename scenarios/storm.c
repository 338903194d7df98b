// SPDX-License-Identifier: GPL-2.0-only
/* storm: everything at once, on a machine of many VMs. */
#include "scenarios/kit.h"

static const char *const errata[] = { "crypt-hypercalls=intended", NULL };

static const struct scenario_option options[] = {
	{ "fault", "weight of host faults", 0, 1000, 60 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 150 },
	{ "boot", "weight of the steps that boot a VM", 0, 1000, 6 },
	{ "run", "weight of vCPU runs", 0, 1000, 60 },
	{ "reclaim", "weight of taking pages back from a VM that is off", 0, 1000, 10 },
	{ "share", "weight of grants and revokes, among a guest's operations", 0, 1000, 100 },
	{ "exit", "weight of exits for the host, among a guest's operations", 0, 1000, 60 },
	{ "off", "weight of powering off, among a guest's operations", 0, 1000, 1 },
	{ "smmu", "weight of hypercalls on context banks, and of devices' loads and stores", 0,
	  1000, 4 },
	{ "mmio", "weight of loads from and stores to registers of the SMMUs", 0, 1000, 3 },
	{ "crypt", "weight of saving, loading, encrypting and decrypting", 0, 1000, 3 },
	{ "vms", "VMs of an episode", 0, MAX_VM_NUM, 8 },
	KIT_CORE_OPTION,
	KIT_IMAGE_OPTION,
	KIT_OPTIONS,
	{ "start", "both counters of every lock at the start", 0, 0xffffffff, 0 },
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_storm = {
	KIT_SCENARIO,
	.name = "storm",
	.sentence =
		"hosts and guests on N CPUs do everything at once: faults, boots, runs, shares, "
		"power off, reclaim, context banks, registers of SMMUs, encrypted vCPUs and pages",
	.aim = "any breach of locks, contents, states or ownership under a full load; the rules of "
	       "smmu-storm, mmio and crypt hold here too",
	.errata = errata,
	.options = options,
};
