// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope_op.h"

#include "shmem/fields.h"
#include "shmem/locks.h"

#include <string.h>

/*
 * Looks in one section of CORE whether next_vmid is 0, and, if so, makes it one more in the next: whoever acted between is not
 * seen.
 */
static u64 check_then_act(struct cpu *c, const u64 *a)
{
	u32 seen;

	(void)a;
	acquire_lock_core(c);
	seen = get_next_vmid(c);
	release_lock_core(c);
	if (seen != 0)
		return 0;
	acquire_lock_core(c);
	set_next_vmid(c, get_next_vmid(c) + 1);
	release_lock_core(c);
	return 1;
}

const struct prim scope_ops[] = {
	{ .name = "check_then_act",
	  .function = "check_then_act",
	  .source = "",
	  .family = PRIM_HYP,
	  .returns = true,
	  .call = check_then_act },
};
const u32 n_scope_ops = (u32)ARRAY_SIZE(scope_ops);

const struct prim *scope_callable(const char *name)
{
	for (u32 i = 0; i < n_scope_ops; i++)
		if (strcmp(scope_ops[i].name, name) == 0)
			return &scope_ops[i];
	return prim_by_name(name);
}
