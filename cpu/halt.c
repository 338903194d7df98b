// SPDX-License-Identifier: GPL-2.0-only
/* The machine is halted (cpu/panic.h). */

#include "cpu/point.h"
#include "sim/base/check.h"
#include "sim/log/write/writer.h"

#include <string.h>

void panic_because(struct cpu *c, enum panic_reason reason, u32 n, const u64 *values)
{
	u64 mark[1 + PANIC_MAX_VALUES] = { reason };

	SIM_ASSERT(n == panic_n_values(reason));
	SIM_ASSERT(n <= PANIC_MAX_VALUES);
	if (c->panicked)
		return;
	point(c, POINT_HALT, 0);
	c->panicked = true;
	c->panic = (struct panic_report){ .reason = reason, .n = n };
	memcpy(c->panic.values, values, n * sizeof(u64));
	memcpy(mark + 1, values, n * sizeof(u64));
	if (log_on(c->log))
		log_mark(c->log, MARK_PANIC, 1 + n, mark);
	c->panic.first = flag_set_first(c->halt);
}

void panic_called(struct cpu *c)
{
	panic(c, PANIC_CALLED);
}
