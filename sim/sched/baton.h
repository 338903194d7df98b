/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Bodies on threads of which one has the baton (sim/sched/vehicle.h, whose rules hold and are not looked at again here). */
#include "sim/base/err.h"
#include "sim/base/types.h"

struct batons;

/* @run(@arg, i) is body i from beginning to end, and returns who is next. */
MUST_CHECK int batons_new(struct batons **out, u32 n, u32 (*run)(void *arg, u32 i), void *arg,
                          struct err *e);
void batons_free(struct batons *all);
void batons_switch(struct batons *all, u32 from, u32 to);
