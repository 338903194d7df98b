/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The vehicle of a test of vehicles. */
#include "tests/kit.h"

#include "sim/sched/vehicle.h"

static struct vehicle *v;

static void make(enum vehicle_kind kind, u32 n, u32 (*body)(void *arg, u32 i), void *arg)
{
	struct err e;

	if (vehicle_new(&v, kind, n, body, arg, &e))
		fail_msg("%s", e.msg);
}

/* Two bodies, which have both begun; returns when home goes on. */
static inline void make_two(enum vehicle_kind kind, u32 (*body)(void *arg, u32 i), void *arg,
                            u32 first)
{
	make(kind, 2, body, arg);
	vehicle_begin(v, 0);
	vehicle_begin(v, 1);
	vehicle_switch(v, 2, first);
}
