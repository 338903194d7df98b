// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/step_wheres.h"

#include "sim/base/vec.h"

#include <stdlib.h>

/**
 * struct step_wheres
 * @note: [cpu][nth of its steps] the number of the note + 1; 0: there is none
 */
struct step_wheres {
	struct wheres *wheres;
	VEC(u32) note[EXPLORE_CPUS];
};

struct step_wheres *step_wheres_new(void)
{
	struct step_wheres *s = xcalloc(1, sizeof(*s));

	s->wheres = wheres_new();
	return s;
}

void step_wheres_free(struct step_wheres *s)
{
	if (!s)
		return;
	for (u32 c = 0; c < EXPLORE_CPUS; c++)
		vec_free(&s->note[c]);
	wheres_free(s->wheres);
	free(s);
}

void step_wheres_at(struct step_wheres *s, u32 cpu, const struct execution *x)
{
	while (s->note[cpu].n <= x->at[cpu].nth)
		vec_push(&s->note[cpu], 0);
	s->note[cpu].v[x->at[cpu].nth] = wheres_note(s->wheres) + 1;
}

bool step_wheres_look_up(struct step_wheres *s)
{
	return wheres_look_up(s->wheres);
}

struct where step_wheres_get(const struct step_wheres *s, const struct step *step)
{
	u32 note = step->nth < s->note[step->cpu].n ? s->note[step->cpu].v[step->nth] : 0;

	return note ? wheres_get(s->wheres, note - 1) : (struct where){ .line = 0 };
}
