/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Bodies on stacks of their own in the thread of home (sim/sched/vehicle.h, whose rules hold and are not looked at again here).
 */
#include "sim/base/err.h"
#include "sim/base/types.h"

struct fibers;

/* @run(@arg, i) is body i from beginning to end, and returns who is next.  @portable: by swapcontext(). */
MUST_CHECK int fibers_new(struct fibers **out, u32 n, bool portable, u32 (*run)(void *arg, u32 i),
                          void *arg, struct err *e);
void fibers_free(struct fibers *all);
void fibers_begin(struct fibers *all, u32 i);
void fibers_switch(struct fibers *all, u32 from, u32 to);
