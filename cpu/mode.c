// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/mode.h"

#include "cpu/point.h"
#include "cpu/say.h"

void mode_enter_core(struct cpu *c, enum core_entry entry)
{
	c->icore = true;
	point_enter(c, entry);
	say_enter(c, entry);
}

void mode_leave_core(struct cpu *c, bool ihost)
{
	c->ihost = ihost;
	c->icore = false;
	say_leave(c);
}
