/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Foreign processes that compute, as on a machine that is not the benchmark's alone. */
#include "sim/base/types.h"

enum { FOREIGN_MAX = 2 };

struct foreign {
	int pid[FOREIGN_MAX];
	u32 n;
};

/* Start @n processes that compute and do nothing else; they die with this one.  Ends the process when they cannot be had. */
void foreign_start(struct foreign *f, u32 n);
void foreign_stop(struct foreign *f);

/* CPU time of the foreign processes that were stopped, nanoseconds. */
u64 foreign_cpu_ns(void);
