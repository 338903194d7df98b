/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What hypsim-bench-lttng.so offers; it is loaded, when it was built, by the event table. */
#include "sim/base/types.h"

/* Whether a session records the tracepoint now. */
bool bench_lttng_enabled(void);
/* Nanoseconds of one tracepoint with two integers, over @loops of them. */
double bench_lttng_ns(u32 loops);
