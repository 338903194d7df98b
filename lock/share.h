/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Giving a core away. */
#include "lock/ticket.h"

/* Give the core away. */
void share_yield(struct cpu *c);

/* Does a waiter sleep, rather than give its core away? */
static inline bool share_sleeps(const struct cpu *c)
{
	return c->locks->policy.kind == WAIT_PARK;
}
