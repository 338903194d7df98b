// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/perturb.h"

#include "sim/base/relax.h"

#include <sched.h>
#include <time.h>

/*
 * Of eight delays four keep the core, for 1 to 2^MAX_DOUBLINGS pauses, three give it away, and one sleeps: the first are as
 * short as the windows, the second let another CPU run on this core, and the last outlasts any section.
 */
enum { KINDS = 8, SPINS = 4, YIELDS = 3, MAX_DOUBLINGS = 9, NAP_NS = 1000 };

void perturb_begin(struct cpu *c, u64 seed, u64 episode, u32 percent)
{
	c->points = (u8)percent;
	c->perturb_rng.s = mix_key(seed, MIX_PERTURB, episode, c->id);
}

static void spin(struct rng *r)
{
	u64 pauses = 1ull << rng_below(r, MAX_DOUBLINGS + 1);

	while (pauses-- > 0)
		cpu_relax();
}

void perturb_draw(struct cpu *c)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	struct rng *r = &c->perturb_rng;
	u64 kind;

	if (rng_below(r, 100) >= c->points)
		return;
	c->stats.perturbed++;
	kind = rng_below(r, KINDS);
	if (kind < SPINS)
		spin(r);
	else if (kind < SPINS + YIELDS)
		sched_yield();
	else
		nanosleep(&nap, NULL);
}
