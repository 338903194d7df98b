// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/call.h"

#include <string.h>

struct call {
	const struct prim *p;
	const u64 *a;
	u64 value;
};

static void run(struct cpu *c, void *arg)
{
	struct call *call = arg;

	call->value = call->p->call(c, call->a);
}

enum outcome exec_call(struct env *e, struct cpu *c, const struct prim *p, const u64 *a, bool weak,
                       u64 *value)
{
	struct call call = { .p = p, .a = a };
	bool strong = strcmp(p->name, p->function) != 0 && p->name[strlen(p->name) - 1] == '0';
	enum outcome out;

	c->panicked = false;
	c->weak = weak && !strong;
	env_begin(e, c);
	out = cpu_call(c, run, &call);
	*value = call.value;
	if (out == OUT_STUCK)
		env_undo(e, c);
	else
		env_commit(e);
	return out;
}
