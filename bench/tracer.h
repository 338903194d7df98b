/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * LTTng-UST beside this project's log: a session of a session daemon that records one tracepoint into memory (snapshot
 * mode: no consumer copies, the cheapest that LTTng offers).  Daemon and session end with tracer_stop, the daemon also
 * when this process dies; a daemon that was there before is used and stays.
 */
#include "sim/base/types.h"

struct tracer;

/* NULL when LTTng is not there or no session starts; @why then says so. */
struct tracer *tracer_start(const char *dir, char *why, size_t size);
/* Nanoseconds of one tracepoint with two integers. */
double tracer_ns(struct tracer *t, u32 loops);
/* Also for NULL. */
void tracer_stop(struct tracer *t);
