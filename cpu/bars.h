/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The barrier protocol of one CPU.  [RData.BarState; AbstractMachineSpec.barrier_spec] */
enum bars {
	BARRIER_VALID,  /* BarrierValid: shared accesses are in order */
	BARRIER_NEEDED, /* BarrierNeeded: log_hold was done, the barrier that must follow was not */
	BARRIERED,      /* Barriered: the barrier before incr_now was done */
};

/* May a step go on?  A build that shows what ThreadSanitizer sees without the protocol redefines this one line. */
#define BARS_ARE(c, state) ((c)->bars == (state))

const char *bars_name(enum bars b);
