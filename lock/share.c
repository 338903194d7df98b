// SPDX-License-Identifier: GPL-2.0-only
#include "lock/share.h"

#include <sched.h>

void share_yield(struct cpu *c)
{
	c->stats.yields++;
	sched_yield();
}
