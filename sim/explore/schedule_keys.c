// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/schedule_keys.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/cell.h"

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

void schedule_add_key(struct schedule *s, const struct step *step)
{
	vec_push(s, ((struct scheduled){ .step = *step }));
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

/* "S2PAGE s2_owner[3]" */
static void cell_print(u32 number, char *buf, size_t size)
{
	lk_t id = cell_object(number);
	u64 cell = cell_within(number);
	u32 f = 0;
	char name[32];

	while (f + 1 < obj_n_fields(obj_kind_of(id)) &&
	       obj_field(obj_kind_of(id), f + 1)->cell0 <= cell)
		f++;
	snprintf(buf, size, "%s %s[%llu]", obj_name(id, name, sizeof(name)),
	         obj_field(obj_kind_of(id), f)->name,
	         (unsigned long long)(obj_first_index(id, f) +
	                              (cell - obj_field(obj_kind_of(id), f)->cell0) *
	                                      obj_field(obj_kind_of(id), f)->scale));
}

const char *step_object_print(const struct step *s, char *buf, size_t size)
{
	switch ((u32)s->kind) {
	case POINT_DATA:
	case POINT_CORE:
		snprintf(buf, size, "VM %u", s->object);
		break;
	case POINT_CTXT:
		snprintf(buf, size, "vCPU %u of VM %u", s->object % VCPU_PER_VM,
		         s->object / VCPU_PER_VM);
		break;
	case POINT_INVALIDATE:
		snprintf(buf, size, "CPU %u", s->object);
		break;
	case POINT_STORE:
	case POINT_READ:
		cell_print(s->object, buf, size);
		break;
	case POINT_HALT:
	case POINT_FLAT:
	case POINT_FLAT_IN:
	case POINT_FLAT_LOOKED:
	case POINT_FLAT_OUT:
		buf[0] = '\0';
		break;
	default:
		obj_name(s->object, buf, size);
	}
	return buf;
}

const char *step_print(const struct step *s, char *buf, size_t size)
{
	char name[80], object[64];

	if (!s) {
		snprintf(buf, size, "nothing");
		return buf;
	}
	step_object_print(s, object, sizeof(object));
	snprintf(name, sizeof(name), object[0] ? " of %s" : "%s", object);
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

/* What the CPU does instead of making a step. */
static const char *instead_print(const struct execution *x, u32 cpu, char *buf, size_t size)
{
	static const char *const states[] = {
		[CPU_RUNS] = "goes on", [CPU_WAITS] = "waits for a lock", [CPU_ENDED] = "has ended"
	};
	char step[96];

	if (cpu >= x->cpus)
		snprintf(buf, size, "there is no CPU %u", cpu);
	else if (x->state[cpu] == CPU_PENDING)
		snprintf(buf, size, "%s, which comes behind what others can do",
		         step_print(&x->at[cpu], step, sizeof(step)));
	else
		snprintf(buf, size, "CPU %u %s", cpu, states[x->state[cpu]]);
	return buf;
}

void nondeterminism_cannot(const struct execution *x, u32 cpu)
{
	char what[32], was[32], is[160];

	snprintf(what, sizeof(what), "step %u", x->n);
	snprintf(was, sizeof(was), "CPU %u makes it", cpu);
	nondeterminism(what, was, instead_print(x, cpu, is, sizeof(is)));
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
