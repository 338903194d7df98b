// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoint that the event table compares with; a module of its own, so that hypsim does not link LTTng. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "bench/lttng/provider.h"

#include "bench/lttng/module.h"
#include "sim/base/clock.h"

bool bench_lttng_enabled(void)
{
	return lttng_ust_tracepoint_enabled(hypsim_bench, event);
}

double bench_lttng_ns(u32 loops)
{
	u64 start = clock_ns();

	for (u32 i = 0; i < loops; i++)
		lttng_ust_tracepoint(hypsim_bench, event, i, i);
	return (double)(clock_ns() - start) / loops;
}
