/* SPDX-License-Identifier: GPL-2.0-only */
/* LTTng-UST's description of one tracepoint with two integers; included several times by its own headers. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER hypsim_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "bench/lttng/provider.h"

#if !defined(HYPSIM_BENCH_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define HYPSIM_BENCH_PROVIDER_H

#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(hypsim_bench, event,
                           LTTNG_UST_TP_ARGS(unsigned int, ticket, unsigned int, now),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_integer(unsigned int, ticket, ticket)
                                                       lttng_ust_field_integer(unsigned int, now,
                                                                               now)))

#endif

#include <lttng/tracepoint-event.h>
