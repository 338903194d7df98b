// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/runner.h"

#include "lock/admit.h"
#include "sim/log/write/handover.h"

static void set_state(struct thread *t, enum thread_state s)
{
	__atomic_store_n(&t->state, s, __ATOMIC_RELAXED);
}

const struct cpu *runner_who_halted(const struct machine *m)
{
	for (u32 i = 0; i < m->params.cpus; i++)
		if (m->cpu[i].panicked && m->cpu[i].panic.first)
			return &m->cpu[i];
	return NULL;
}

void runner_count_panic(struct runner *r)
{
	const struct cpu *c = runner_who_halted(r->m);

	if (!c)
		return;
	r->panics++;
	r->reasons[c->panic.reason]++;
}

void runner_hold_meeting(struct runner *r)
{
	if (flag_get(&r->m->log->slots.full) && r->o->consume)
		r->o->consume(r->o->arg);
	flag_clear(&r->m->log->slots.full);
	if (r->new_episode && !flag_get(&r->done) && !flag_get(&r->m->stop)) {
		runner_count_panic(r);
		if (r->w->over)
			r->w->over(r->w->arg, r->m);
		machine_end_episode(r->m);
		machine_reset(r->m);
		machine_begin_episode(r->m);
		flag_clear(&r->wanted);
		if (r->w->episode)
			r->w->episode(r->w->arg, r->m);
		for (u32 i = 0; i < r->m->params.cpus; i++)
			r->t[i].rng.s = mix_key(r->m->params.seed, MIX_CHOICE, r->m->episode, i);
	}
	r->new_episode = false;
	r->met_last = r->meeting;
	r->awake = 0;
	r->meeting = 0;
	r->round++;
	pthread_cond_broadcast(&r->met);
}

void runner_meet(struct thread *t, bool episode)
{
	struct runner *r = t->r;
	bool last;
	u64 round;
	u32 seen;

	admit_quit(t->c);
	log_handover_give(t->c->log);
	set_state(t, T_MEETS);
	pthread_mutex_lock(&r->mutex);
	r->new_episode |= episode;
	round = r->round;
	if (++r->meeting == r->alive)
		runner_hold_meeting(r);
	while (r->round == round)
		pthread_cond_wait(&r->met, &r->mutex);
	last = ++r->awake == r->met_last;
	seen = start_seen(&r->start);
	pthread_mutex_unlock(&r->mutex);
	if (last)
		start_all(&r->start);
	else
		start_wait(&r->start, seen, r->m->params.cpus <= r->m->params.policy.cores);
	set_state(t, T_RUNS);
}

void runner_leave(struct thread *t)
{
	struct runner *r = t->r;

	admit_quit(t->c);
	log_handover_give(t->c->log);
	set_state(t, T_ENDED);
	pthread_mutex_lock(&r->mutex);
	if (--r->alive == r->meeting && r->meeting > 0)
		runner_hold_meeting(r);
	pthread_cond_signal(&r->ended);
	pthread_mutex_unlock(&r->mutex);
}
