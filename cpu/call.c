// SPDX-License-Identifier: GPL-2.0-only
/* The outermost call of simulated code (cpu/cpu.h). */
#include "cpu/say.h"
#include "sim/base/check.h"

enum outcome cpu_call(struct cpu *c, void (*fn)(struct cpu *c, void *arg), void *arg)
{
	int why;

	SIM_ASSERT(!c->in_call);
	c->in_call = true;
	c->op_marks = 0; /* of operations that a jump has left */
	/* Not _setjmp: ThreadSanitizer unwinds its shadow stack at siglongjmp only. */
	why = sigsetjmp(c->jump, 0);
	if (why == 0)
		fn(c, arg);
	c->in_call = false;
	if (why == 0 && likely(!c->panicked))
		return OUT_OK;
	say_left(c);
	return why == 0 ? OUT_PANIC : (enum outcome)why;
}
