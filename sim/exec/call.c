// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/call.h"

#include <string.h>

enum outcome exec_call(struct env *e, struct cpu *c, const struct prim *p, const u64 *a, bool weak,
                       u64 *value)
{
	bool strong = strcmp(p->name, p->function) != 0 && p->name[strlen(p->name) - 1] == '0';
	enum outcome out;

	c->panicked = false;
	c->weak = weak && !strong;
	env_begin(e, c);
	out = prim_run(c, p, a, value);
	if (out == OUT_STUCK)
		env_undo(e, c);
	else
		env_commit(e);
	return out;
}
