// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/op.h"

#include "cpu/say.h"
#include "sim/base/check.h"
#include "sim/log/write/writer.h"

#include <string.h>

void op_begin(struct cpu *c, enum hyp_op op, u32 n, const u64 *args)
{
	u64 all[1 + OP_ARGS] = { op };

	c->op_marks <<= 1;
	if (cpu_halted(c))
		return;
	SIM_ASSERT(n <= OP_ARGS);
	c->stats.atomic_events++;
	if (unlikely(c->env)) {
		c->env->op(c, op, n, args);
		return;
	}
	if (!log_on(c->log))
		return;
	say_touched(c);
	memcpy(all + 1, args, n * sizeof(u64));
	log_mark(c->log, MARK_OP, 1 + n, all);
	c->op_marks |= 1;
}

/*
 * On a halted machine only the CPU that has halted it comes here: the event of the operation in which it did says so,
 * and what is called behind is none.
 */
void op_end(struct cpu *c, enum hyp_op op, u64 result)
{
	const u64 all[] = { op, c->panicked, c->panicked ? 0 : result };
	bool marked = c->op_marks & 1;
	u32 n = ARRAY_SIZE(all);

	c->op_marks >>= 1;
	if (!marked)
		return;
	say_loaded(c);
	say_touched(c);
	while (n > 1 && all[n - 1] == 0)
		n--;
	log_mark(c->log, MARK_SEVENT, n, all);
}
