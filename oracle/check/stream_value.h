/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Values from outside that the log leaves to its seed. */
#include "oracle/check/judge.h"
#include "oracle/data.h"
#include "sim/log/mark_arg.h"

/* Value number @n of a stream, MV_STREAM_*, as the seed gives it. */
static inline u64 stream_value(const struct judge *j, u64 stream, u64 vmid, u64 n)
{
	switch (stream) {
	case MV_STREAM_DATA:
		return data_oracle_value(&j->data, (vmid_t)vmid, n);
	case MV_STREAM_CORE:
		return core_doracle(j->data.seed, (vmid_t)vmid, n);
	case MV_STREAM_SHARED_KVM:
		return SHARED_KVM_START + vmid;
	case MV_STREAM_SHARED_VCPU:
		return SHARED_VCPU_START + vmid * j->total_cpu + n;
	default:
		return 0;
	}
}
