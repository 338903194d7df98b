// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope.h"

#include "sim/base/vec.h"

#include <stdlib.h>

static void free_calls(struct scope_calls *calls)
{
	for (u32 i = 0; i < calls->n; i++)
		free(calls->v[i].expect);
	vec_free(calls);
}

void scope_free(struct scope *s)
{
	if (!s)
		return;
	free_calls(&s->before);
	free_calls(&s->after);
	for (u32 i = 0; i < MAX_CPU; i++)
		free_calls(&s->program[i]);
	for (u32 i = 0; i < s->n_looks; i++)
		free(s->look[i].expect);
	free(s->look);
	free(s->feed);
	free(s->cell);
	free(s->name);
	free(s);
}
