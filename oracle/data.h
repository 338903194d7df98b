/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The data oracles: the n-th value that the outside world feeds to a VM, or to the core on a VM's behalf.  Keyed
 * functions: who asks first changes nothing, and a checker that knows the seed knows the values.  [RData.DataOracle]
 */
#include "sim/base/types.h"

u64 doracle(u64 seed, vmid_t vmid, u64 n);
u64 core_doracle(u64 seed, vmid_t vmid, u64 n);
