// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/naive.h"

#include "sim/base/vec.h"

#include <stdlib.h>

/**
 * struct naive
 * @cpu:    [n] whose step is taken first, second, ...
 * @forced: so many of them are given
 */
struct naive {
	VEC(u32) cpu;
	u32 forced, same;
	bool begun;
	VEC(u32) next; /* of each place the CPU that is tried next, or NOBODY */
};

struct naive *naive_new(void)
{
	return xcalloc(1, sizeof(struct naive));
}

void naive_free(struct naive *n)
{
	if (!n)
		return;
	vec_free(&n->cpu);
	vec_free(&n->next);
	free(n);
}

static u32 from(const struct execution *x, u32 i)
{
	while (i < x->cpus && !execution_can(x, i))
		i++;
	return i < x->cpus ? i : NOBODY;
}

static bool begin(void *arg)
{
	struct naive *n = arg;

	if (!n->begun) {
		n->begun = true;
		return true;
	}
	while (n->cpu.n > 0 && n->next.v[n->cpu.n - 1] == NOBODY) {
		n->cpu.n--;
		n->next.n--;
	}
	if (n->cpu.n == 0)
		return false;
	n->forced = n->cpu.n;
	n->same = n->forced - 1;
	n->cpu.v[n->same] = n->next.v[n->same];
	return true;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct naive *n = arg;
	u32 cpu;

	if (x->n < n->forced) {
		cpu = n->cpu.v[x->n];
		if (x->n == n->forced - 1)
			n->next.v[x->n] = from(x, cpu + 1);
		return cpu;
	}
	cpu = from(x, 0);
	vec_push(&n->cpu, cpu);
	vec_push(&n->next, from(x, cpu + 1));
	return cpu;
}

static void ended(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static u32 same(const void *arg)
{
	return ((const struct naive *)arg)->same;
}

struct strategy naive_strategy(struct naive *n)
{
	return (struct strategy){ begin, choose, ended, same, n, false };
}
