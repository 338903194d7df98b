// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/contexts.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct used - how a context was used in the execution
 * @in:    the number of the execution of which the others speak
 * @cpus:  a bit for each CPU that has
 * @read, @write: [cpu] so many steps had the CPU begun when it did last; before its first step 1, since what comes before that step happens
 *         before it; 0: it has not
 */
struct used {
	u64 in, cpus;
	u16 read[EXPLORE_CPUS], write[EXPLORE_CPUS];
};

/**
 * struct contexts
 * @used: [n]
 * @now:  the number of the execution that runs, from 1 on
 */
struct contexts {
	struct used *used;
	u32 n;
	u64 now;
};

struct contexts *contexts_new(u32 n)
{
	struct contexts *c = xcalloc(1, sizeof(*c));

	c->used = xcalloc(n, sizeof(*c->used));
	c->n = n;
	return c;
}

void contexts_free(struct contexts *c)
{
	if (!c)
		return;
	free(c->used);
	free(c);
}

void contexts_begin(struct contexts *c)
{
	c->now++;
}

static void forget(struct used *u, u64 now)
{
	memset(u, 0, sizeof(*u));
	u->in = now;
}

/* Is the use by another CPU, when it had begun @steps steps, one that does not happen before what stands behind @now? */
static bool unordered(const struct clock *now, u32 other, u32 steps)
{
	return now->n[other] < steps;
}

bool contexts_race(struct contexts *c, const struct execution *x, u32 cpu, u32 id, bool write)
{
	const struct clock *now = &x->now[cpu];
	u16 steps = now->n[cpu] ? now->n[cpu] : 1;
	struct used *u = &c->used[id];
	bool race = false;

	SIM_ASSERT_DBG(id < c->n);
	if (u->in != c->now)
		forget(u, c->now);
	for (u64 left = u->cpus & ~(1ull << cpu); left; left &= left - 1) {
		u32 other = (u32)__builtin_ctzll(left);

		race |= unordered(now, other, u->write[other]);
		race |= write && unordered(now, other, u->read[other]);
	}
	u->cpus |= 1ull << cpu;
	if (write)
		u->write[cpu] = steps;
	else
		u->read[cpu] = steps;
	return race;
}
