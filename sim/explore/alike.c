// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/alike.h"

#include <string.h>

static bool same_expects(const struct scope_call *a, const struct scope_call *b)
{
	if (a->n_expects != b->n_expects)
		return false;
	for (u32 i = 0; i < a->n_expects; i++)
		if (strcmp(a->expect[i].text, b->expect[i].text) != 0)
			return false;
	return true;
}

static bool same_call(const struct scope_call *a, const struct scope_call *b)
{
	return a->prim == b->prim && a->n_regs == b->n_regs && a->n_core == b->n_core &&
	       memcmp(a->args, b->args, a->prim->n_args * sizeof(a->args[0])) == 0 &&
	       memcmp(a->reg, b->reg, a->n_regs * sizeof(a->reg[0])) == 0 &&
	       memcmp(a->value, b->value, a->n_regs * sizeof(a->value[0])) == 0 &&
	       memcmp(a->core, b->core, a->n_core * sizeof(a->core[0])) == 0 && same_expects(a, b);
}

static bool same_program(const struct scope_calls *a, const struct scope_calls *b)
{
	if (a->n != b->n)
		return false;
	for (u32 i = 0; i < a->n; i++)
		if (!same_call(&a->v[i], &b->v[i]))
			return false;
	return true;
}

/* Has the CPU something of its own beside its program? */
static bool is_own(const struct scope *s, u32 cpu)
{
	for (u32 i = 0; i < s->before.n; i++)
		if (s->before.v[i].cpu == cpu)
			return true;
	for (u32 i = 0; i < s->after.n; i++)
		if (s->after.v[i].cpu == cpu)
			return true;
	for (u32 i = 0; i < s->n_feeds; i++)
		if (s->feed[i].cpu == cpu)
			return true;
	return false;
}

void alike_cpus(const struct scope *s, u8 same_as[EXPLORE_CPUS])
{
	for (u32 i = 0; i < EXPLORE_CPUS; i++) {
		u32 k = is_own(s, i) ? i : 0;

		while (k < i && (is_own(s, k) || !same_program(&s->program[k], &s->program[i])))
			k++;
		same_as[i] = (u8)k;
	}
}
