/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The data oracle: what the outside world feeds to a VM, and what the core takes in.  [RData.doracle, core_doracle]
 *
 * Any function will do; this one is a keyed mix, so that value number n of a VM is the same whoever asks first, and a log
 * whose header has the seed need not hold the values.  docs/log-format.md has the formula: logs depend on it.
 */
#include "sim/base/types.h"

/* Value number @n, 0.., that the outside world feeds to @vmid. */
u64 doracle(u64 seed, vmid_t vmid, u64 n);

/* Value number @n, 0.., that the core takes in for @vmid. */
u64 core_doracle(u64 seed, vmid_t vmid, u64 n);
