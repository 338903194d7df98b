// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

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

static const struct {
	enum scope_grain grain;
	const char *name;
} grains[] = {
	{ GRAIN_LOCK, "lock" },
	{ GRAIN_WORD, "word" },
	{ GRAIN_CELL, "cell" },
	{ GRAIN_BOTH, "word,cell" },
};

const char *scope_grain_name(enum scope_grain g)
{
	for (u32 i = 0; i < ARRAY_SIZE(grains); i++)
		if (grains[i].grain == g)
			return grains[i].name;
	return grains[0].name;
}

enum scope_grain scope_grain_by_name(const char *name, size_t len)
{
	for (u32 i = 0; i < ARRAY_SIZE(grains); i++)
		if (strlen(grains[i].name) == len && memcmp(grains[i].name, name, len) == 0)
			return grains[i].grain;
	return GRAIN_DEFAULT;
}
