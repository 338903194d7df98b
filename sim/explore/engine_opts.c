// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/engine.h"

void engine_opts_settle(struct engine_opts *o, const struct scope *scope)
{
	static const enum check_id of_order[] = { CHK_FIFO, CHK_BOUND, CHK_FAIRNESS, CHK_WAIT };

	if (o->depend == DEPEND_DEFAULT)
		o->depend = scope->depend == DEPEND_CELLS ? DEPEND_CELLS : DEPEND_TICKETS;
	if (o->grain == GRAIN_DEFAULT)
		o->grain = grain_settled(scope->grain);
	for (u32 i = 0; i < ARRAY_SIZE(of_order) && o->depend == DEPEND_CELLS; i++)
		check_set_remove(&o->checks, of_order[i]);
}
