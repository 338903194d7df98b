// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_alone.h"

#include "scenarios/clash_set_up.h"
#include "scenarios/clash_world.h"

#include <stddef.h>

void clash_alone(struct kit *kit)
{
	struct clash *s = kit->own;

	s->dates = 0;
	s->alone = true;
}

bool clash_alone_begins(struct kit *kit)
{
	struct clash *s = kit->own;

	if (clash_set_up_left(&kit->cpu[0]))
		return true;
	board_set(&s->ready, 1);
	return false;
}

void clash_alone_come(struct kit_cpu *k, const struct kit_cpu *to)
{
	const struct focus *f = clash_focus(to);

	if (f->vmid == 0)
		return;
	clash_of(k)->cpu[k->id].comes = true;
	*clash_focus(k) = *f;
	if (k->guest)
		clash_focus(k)->vmid = k->vmid;
}

size_t clash_own_bytes(void)
{
	return offsetof(struct clash, tried);
}
