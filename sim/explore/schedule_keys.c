// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/schedule_keys.h"

#include "shmem/obj/obj.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

void schedule_free(struct schedule *s)
{
	vec_free(s);
}

void schedule_add(struct schedule *s, const struct step *step, u32 call)
{
	struct scheduled one = { .step = *step, .call = (u16)call };

	for (u32 i = s->n; i-- > 0;) {
		const struct scheduled *b = &s->v[i];

		if (b->step.cpu != step->cpu)
			continue;
		if (b->call != call)
			break;
		one.in_call = (u16)(one.in_call +
		                    (b->step.kind == step->kind && b->step.object == step->object));
	}
	vec_push(s, one);
}

void schedule_copy(struct schedule *to, const struct schedule *from)
{
	to->n = 0;
	for (u32 i = 0; i < from->n; i++)
		vec_push(to, from->v[i]);
}

u32 schedule_switches(const struct schedule *s)
{
	u64 later = 0;
	u32 n = 0;

	for (u32 i = s->n; i-- > 1;) {
		later |= 1ull << s->v[i].step.cpu;
		n += s->v[i].step.cpu != s->v[i - 1].step.cpu &&
		     (later >> s->v[i - 1].step.cpu & 1);
	}
	return n;
}

const char *step_print(const struct step *s, char *buf, size_t size)
{
	char name[48], object[32];

	if (!s) {
		snprintf(buf, size, "nothing");
		return buf;
	}
	if (s->kind == POINT_DATA || s->kind == POINT_CORE)
		snprintf(name, sizeof(name), " of VM %u", s->object);
	else if (s->kind == POINT_HALT || s->kind == POINT_FLAT)
		name[0] = '\0';
	else
		snprintf(name, sizeof(name), " of %s", obj_name(s->object, object, sizeof(object)));
	snprintf(buf, size, "CPU %u's step %u: %s%s", s->cpu, s->nth,
	         point_word((enum point_kind)s->kind), name);
	return buf;
}

void nondeterminism(const char *what, const char *was, const char *is)
{
	char text[400];

	snprintf(text, sizeof(text),
	         "uncontrolled nondeterminism: two executions of one schedule differ in %s: \"%s\" "
	         "in one, \"%s\" in the other",
	         what, was, is);
	sim_bug(__FILE__, __LINE__, text);
}

void nondeterminism_step(u32 at, const struct step *was, const struct step *is)
{
	char what[32], a[96], b[96];

	snprintf(what, sizeof(what), "step %u", at);
	nondeterminism(what, step_print(was, a, sizeof(a)), step_print(is, b, sizeof(b)));
}

u32 schedule_repeats(const struct execution *x)
{
	for (u32 p = 1; 3 * p <= x->n; p++) {
		bool same = true;

		for (u32 i = x->n - 2 * p; i < x->n && same; i++) {
			const struct step *a = &x->step[i].step, *b = &x->step[i - p].step;

			same = a->cpu == b->cpu && a->kind == b->kind && a->object == b->object;
		}
		if (same)
			return p;
	}
	return 0;
}
