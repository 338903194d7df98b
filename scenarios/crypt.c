// SPDX-License-Identifier: GPL-2.0-only
/* crypt: encrypted vCPUs and buffers. */
#include "scenarios/kit.h"

static const char *const errata[] = { "crypt-hypercalls=intended", NULL };

static const struct scenario_option options[] = {
	{ "crypt", "weight of saving, loading, encrypting and decrypting", 1, 1000, 60 },
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 20 },
	{ "run", "weight of vCPU runs", 1, 1000, 20 },
	{ "fault", "weight of host faults", 0, 1000, 10 },
	{ "access", "weight of loads and stores, of hosts and of guests", 0, 1000, 10 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 30 },
	{ "off", "weight of powering off, among a guest's operations", 1, 1000, 1 },
	{ "reclaim", "weight of taking pages back from a VM that is off", 1, 1000, 10 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 7 },
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_crypt = {
	KIT_SCENARIO,
	.name = "crypt",
	.sentence = "hosts on N CPUs load encrypted vCPUs and pages into VMs that boot, and save "
		    "those of VMs that run",
	.aim = "a page that the host keeps, or that comes to two VMs, a vCPU with other registers "
	       "than it was loaded with; the buffers' addresses are numbers of frames that nobody "
	       "has, and a vCPU is loaded while its VM has one image (as published errata "
	       "mem-buf-pfn and set-vm-inc-exe)",
	.errata = errata,
	.options = options,
};
