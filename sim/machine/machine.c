// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/machine.h"

#include "lock/wait.h"
#include "sim/base/check.h"

#include <stdlib.h>
#include <string.h>

static void cpu_reset(struct cpu *c)
{
	c->bars = BARRIER_VALID;
	c->tstate = 1;
	memset(c->lock, LOCK_FALSE, sizeof(c->lock));
	c->permit = 0;
	c->hold_word = NULL;
	pub_store(&c->pub.held, 0);
	pub_store(&c->pub.waits, 0);
}

/* The initial contents: those that the log's header tells the checker. */
static void initial_contents(struct machine *m)
{
	for (u32 i = 0; i < m->n_init; i++) {
		const struct init_row *row = &m->init[i];
		struct obj *o = &m->shared.obj[row->obj];
		u32 scale = obj_field(o->kind, row->d.field)->scale;

		for (u64 at = row->d.first; at <= row->d.last; at += scale)
			obj_set(o, row->d.field, at, row->d.new);
	}
}

int machine_create(struct machine **out, const struct machine_params *p, struct log *log,
                   struct err *e)
{
	struct machine *m = NULL;
	int rc;

	SIM_ASSERT(p->cpus >= 1);
	SIM_ASSERT(p->cpus <= MAX_CPU);
	if (posix_memalign((void **)&m, CACHE_LINE, sizeof(*m)) != 0)
		return err_set(e, ERR_MEMORY, "no memory for a machine");
	memset(m, 0, sizeof(*m));
	if (posix_memalign((void **)&m->cpu, CACHE_LINE, p->cpus * sizeof(*m->cpu)) != 0) {
		free(m);
		return err_set(e, ERR_MEMORY, "no memory for %u CPUs", p->cpus);
	}
	memset(m->cpu, 0, p->cpus * sizeof(*m->cpu));
	rc = shared_init(&m->shared, e);
	if (rc < 0) {
		free(m->cpu);
		free(m);
		return rc;
	}
	m->params = *p;
	m->log = log;
	m->init = log->config->init;
	m->n_init = log->config->n_init;
	for (u32 i = 0; i < p->cpus; i++) {
		struct cpu *c = &m->cpu[i];

		c->id = i;
		c->bound = log->config->lock_bound;
		c->total_cpu = log->config->total_cpu;
		c->keep_reads = p->keep_reads;
		c->timing = p->timing;
		c->log = log_writer(log, i);
		c->locks = &m->locks;
		c->shared = &m->shared;
		c->halt = &m->halt;
		c->stop = &m->stop;
		cpu_reset(c);
	}
	locks_init(&m->locks, &p->policy, p->start_ticket, p->start_now);
	initial_contents(m);
	*out = m;
	return 0;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	shared_destroy(&m->shared);
	free(m->cpu);
	free(m);
}

void machine_begin_episode(struct machine *m)
{
	for (u32 i = 0; i < m->params.cpus; i++)
		if (log_on(m->cpu[i].log))
			log_episode(m->cpu[i].log, m->episode, m->params.start_ticket,
			            m->params.start_now);
}

void machine_reset(struct machine *m)
{
	flag_clear(&m->halt);
	flag_clear(&m->stop);
	locks_init(&m->locks, &m->params.policy, m->params.start_ticket, m->params.start_now);
	shared_reset(&m->shared);
	initial_contents(m);
	for (u32 i = 0; i < m->params.cpus; i++)
		cpu_reset(&m->cpu[i]);
	m->episode++;
}

void machine_stop(struct machine *m)
{
	flag_set(&m->stop);
	locks_wake_all(&m->locks);
}
