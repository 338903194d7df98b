// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_players.h"

#include "tests/kit.h"

#include <pthread.h>

struct player {
	const struct players *p;
	pthread_t thread;
	struct cpu *c;
	struct rng rng;
	enum outcome out;
};

static void *play(void *arg)
{
	struct player *p = arg;

	for (u32 n = 0; p->out == OUT_OK && p->p->more(n); n++)
		p->out = cpu_call(p->c, p->p->op, &p->rng);
	return NULL;
}

void kit_play(struct test_machine *t, const struct players *players, u64 seed)
{
	struct player p[MAX_CPU] = { 0 };
	u32 cpus = t->m->params.cpus;

	for (u32 i = 0; i < cpus; i++) {
		p[i].p = players;
		p[i].c = &t->m->cpu[i];
		p[i].rng.s = mix_key(seed, 0, i, 0);
		assert_int_equal(pthread_create(&p[i].thread, NULL, play, &p[i]), 0);
	}
	for (u32 i = 0; i < cpus; i++)
		pthread_join(p[i].thread, NULL);
	for (u32 i = 0; i < cpus; i++) {
		const struct cpu *c = p[i].c;

		if (p[i].out != OUT_OK)
			fail_msg("CPU %u: outcome %d, %s by %s", i, p[i].out,
			         stuck_name(c->stuck.rule), c->stuck.prim ? c->stuck.prim : "-");
		assert_true(c->effects > 0);
	}
}
