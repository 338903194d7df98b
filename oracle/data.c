// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"

#include "sim/base/rng.h"

u64 doracle(u64 seed, vmid_t vmid, u64 n)
{
	return mix_key(seed, MIX_DORACLE, vmid, n);
}

u64 core_doracle(u64 seed, vmid_t vmid, u64 n)
{
	return mix_key(seed, MIX_CORE_DORACLE, vmid, n);
}
