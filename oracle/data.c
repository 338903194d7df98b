// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"

#include "sim/base/rng.h"

/* Kinds of the keyed mix; the workload's generators use small numbers. */
enum { KIND_DATA = 0x64617461, KIND_CORE = 0x636f7265 };

u64 doracle(u64 seed, vmid_t vmid, u64 n)
{
	return mix_key(seed, KIND_DATA, vmid, n);
}

u64 core_doracle(u64 seed, vmid_t vmid, u64 n)
{
	return mix_key(seed, KIND_CORE, vmid, n);
}
