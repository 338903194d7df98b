// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_built.h"

#include "sim/base/vec.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void built_call(struct built *b, u32 cpu, const char *name, u32 n, u64 arg)
{
	struct scope_call c = { .cpu = cpu, .prim = prim_by_name(name), .line = ++b->line };

	assert_non_null(c.prim);
	assert_int_equal(c.prim->n_args, n);
	c.args[0] = arg;
	snprintf(c.text, sizeof(c.text), "%s %llu", name, (unsigned long long)arg);
	vec_push(&b->s.program[cpu], c);
	if (cpu >= b->s.cpus)
		b->s.cpus = cpu + 1;
}

void built_lock(struct built *b, u32 cpu, u32 lk)
{
	if (lk == 0)
		built_call(b, cpu, "acquire_lock_s2page", 0, 0);
	else
		built_call(b, cpu, "acquire_lock_vm", 1, lk);
}

void built_unlock(struct built *b, u32 cpu, u32 lk)
{
	if (lk == 0)
		built_call(b, cpu, "release_lock_s2page", 0, 0);
	else
		built_call(b, cpu, "release_lock_vm", 1, lk);
}

void built_section(struct built *b, u32 cpu, u32 lk)
{
	built_lock(b, cpu, lk);
	built_unlock(b, cpu, lk);
}

void built_begin(struct built *b, u32 cpus)
{
	memset(b, 0, sizeof(*b));
	b->s.name = strdup("test");
	b->s.cpus = cpus;
	b->s.seed = 1;
	errata_defaults(&b->s.errata);
}

void built_drop(struct built *b)
{
	free(b->s.name);
	for (u32 i = 0; i < MAX_CPU; i++)
		vec_free(&b->s.program[i]);
}

void built_random(struct built *b, struct rng *r)
{
	u32 cpus = 2 + (u32)rng_below(r, 3);

	built_random_of(b, r, cpus, cpus == 2 ? 4 : cpus == 3 ? 3 : 2);
}

void built_random_of(struct built *b, struct rng *r, u32 cpus, u32 budget)
{
	built_begin(b, cpus);
	for (u32 c = 0; c < cpus; c++) {
		u32 left = 1 + (u32)rng_below(r, budget);

		while (left > 0) {
			u32 a = (u32)rng_below(r, 3), inner = (u32)rng_below(r, 3);

			if (rng_below(r, 10) == 0) {
				built_call(b, c, "panic", 0, 0);
				left--;
			} else if (left > 1 && inner != a && rng_below(r, 2)) {
				built_lock(b, c, a);
				built_section(b, c, inner);
				built_unlock(b, c, a);
				left -= 2;
			} else {
				built_section(b, c, a);
				left--;
			}
		}
	}
}
