// SPDX-License-Identifier: GPL-2.0-only
/* mmio: register emulation. */
#include "scenarios/kit.h"

static const struct scenario_option options[] = {
	{ "mmio", "weight of loads from and stores to registers of the SMMUs", 1, 1000, 60 },
	{ "smmu", "weight of hypercalls on context banks", 1, 1000, 20 },
	{ "boot", "weight of the steps that boot a VM", 1, 1000, 2 },
	{ "fault", "weight of host faults", 0, 1000, 5 },
	{ "vms", "VMs of an episode", 1, MAX_VM_NUM, 7 },
	KIT_OPTIONS,
	KIT_END_OF_OPTIONS,
};

const struct scenario scenario_mmio = {
	KIT_SCENARIO,
	.name = "mmio",
	.sentence = "hosts on N CPUs load from and store to registers of the SMMUs, while context "
		    "banks get their owners",
	.aim = "a register of a VM's bank that the host sets, a page of registers that it gets, an "
	       "access that is done twice; no write is to a CBAR without an owner, nor to two "
	       "registers of which one may not be written (as published errata smmu-gr1 and "
	       "smmu-cbar0, and those of mmio-two-cbars, mmio-ttbr0-half and mmio-contextidr-half)",
	.options = options,
};
