// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/random.h"

#include "sim/base/vec.h"
#include "sim/explore/draw.h"

#include <stdlib.h>

static u32 choose(void *arg, const struct execution *x)
{
	return draw_cpu(arg, x, NULL);
}

struct strategy random_new(const struct sampler_opts *o)
{
	struct rng *r = xcalloc(1, sizeof(*r));

	*r = draw_rng(o);
	return (struct strategy){ draw_begin, choose, draw_ended, draw_same, r, true };
}

void random_free(void *arg)
{
	free(arg);
}
