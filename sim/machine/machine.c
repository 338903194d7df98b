// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/machine.h"

#include "cpu/perturb.h"
#include "cpu/say.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/tlb.h"
#include "sim/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void cpu_reset(struct machine *m, struct cpu *c)
{
	c->bars = BARRIER_VALID;
	c->tstate = 1;
	c->panicked = false;
	c->cur_vmid = HOSTVISOR;
	c->cur_vcpuid = c->id;
	c->ihost = true;
	c->icore = false;
	c->regs = (struct ctxt){ .r = { 0 } };
	memset(c->lock, LOCK_FALSE, sizeof(c->lock));
	c->device = (struct device_write){ .bytes = 0 };
	c->permit = 0;
	c->gives_way = c->locks->policy.admit != 0;
	c->hold_word = NULL;
	pub_store(&c->pub.held, 0);
	pub_store(&c->pub.waits, 0);
	perturb_begin(c, m->params.seed, m->episode, m->params.perturb);
	say_reset(c);
}

/* The initial contents: those that the log's header tells the checker. */
static void initial_contents(struct machine *m)
{
	for (u32 i = 0; i < m->n_init; i++)
		init_row_apply(&m->init[i], &m->shared.obj[m->init[i].obj]);
}

static u32 n_ctxts(const struct machine *m)
{
	return N_VMID * m->model.vcpu_per_vm;
}

static size_t ctxts_bytes(const struct machine *m)
{
	return n_ctxts(m) * sizeof(struct ctxt);
}

static int ctxts_reserve(struct machine *m, struct err *e)
{
	void *p = mmap(NULL, ctxts_bytes(m), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	               -1, 0);

	if (p == MAP_FAILED)
		return err_set(e, ERR_MEMORY, "no memory for the contexts of %u vCPUs a VM",
		               m->model.vcpu_per_vm);
	m->shadow_ctxts = p;
	return 0;
}

/* What a log has said of registers, when there is one. */
static int says_make(struct machine *m, struct err *e)
{
	if (!log_on(log_writer(m->log, 0)))
		return 0;
	m->said_ctxts = calloc(n_ctxts(m), sizeof(*m->said_ctxts));
	if (!m->said_ctxts ||
	    posix_memalign((void **)&m->says, CACHE_LINE, m->params.cpus * sizeof(*m->says)) != 0) {
		m->says = NULL;
		return err_set(e, ERR_MEMORY, "no memory for what is said of %u contexts",
		               n_ctxts(m));
	}
	for (u32 i = 0; i < m->params.cpus; i++)
		m->says[i] = (struct say){ .ctxts = m->said_ctxts };
	return 0;
}

static void says_free(struct machine *m)
{
	free(m->says);
	free(m->said_ctxts);
}

static size_t tlbs_bytes(const struct machine *m)
{
	return m->params.cpus * sizeof(*m->tlbs);
}

static int tlbs_make(struct machine *m, struct err *e)
{
	if (!m->params.tlb)
		return 0;
	if (posix_memalign((void **)&m->tlbs, CACHE_LINE, tlbs_bytes(m)) != 0) {
		m->tlbs = NULL;
		return err_set(e, ERR_MEMORY, "no memory for %u translation buffers",
		               m->params.cpus);
	}
	memset(m->tlbs, 0, tlbs_bytes(m));
	return 0;
}

static void cpu_wire(struct machine *m, struct cpu *c, u32 id)
{
	c->id = id;
	c->bound = m->log->config->lock_bound;
	c->total_cpu = m->log->config->total_cpu;
	c->keep_reads = m->params.keep_reads;
	c->timing = m->params.timing || m->params.perturb;
	c->longer = c->timing;
	if (c->timing)
		c->ticks = ticks_of_host();
	c->log = log_writer(m->log, id);
	c->say = m->says ? &m->says[id] : NULL;
	c->locks = &m->locks;
	c->shared = &m->shared;
	c->tlbs = m->tlbs;
	c->n_tlbs = m->tlbs ? m->params.cpus : 0;
	c->halt = &m->halt;
	c->stop = &m->stop;
	c->errata = m->params.errata;
	c->params = &m->model;
	c->vcpu_per_vm = m->model.vcpu_per_vm;
	c->shadow_ctxts = m->shadow_ctxts;
	c->data_logs = &m->data_logs;
	cpu_reset(m, c);
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
	m->params = *p;
	m->log = log;
	m->init = log->config->init;
	m->n_init = log->config->n_init;
	if (p->model)
		m->model = *p->model;
	else
		params_init(&m->model, p->seed, log->config->total_cpu);
	rc = tlbs_make(m, e);
	if (rc == 0)
		rc = says_make(m, e);
	if (rc == 0)
		rc = shared_init(&m->shared, e);
	if (rc == 0) {
		rc = ctxts_reserve(m, e);
		if (rc < 0)
			shared_destroy(&m->shared);
	}
	if (rc < 0) {
		says_free(m);
		free(m->tlbs);
		free(m->cpu);
		free(m);
		return rc;
	}
	if (p->fixed)
		m->shared.fixed = *p->fixed;
	for (u32 i = 0; i < p->cpus; i++)
		cpu_wire(m, &m->cpu[i], i);
	locks_init(&m->locks, &p->policy, p->start_ticket, p->start_now);
	initial_contents(m);
	*out = m;
	return 0;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	munmap(m->shadow_ctxts, ctxts_bytes(m));
	shared_destroy(&m->shared);
	says_free(m);
	free(m->tlbs);
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

void machine_end_episode(struct machine *m)
{
	struct log_writer *w = m->cpu[0].log;

	if (!log_on(w))
		return;
	for (u32 i = 0; i < m->params.cpus; i++)
		say_rest(&m->cpu[i]);
	for (lk_t id = 0; id < ID_END; id++) {
		const u64 args[] = { id, obj_digest(&m->shared.obj[id]) };
		u64 word = m->locks.lock[id].word;

		/* Of an object that is empty, and was meant to be, there is nothing to say. */
		if (word_ticket(word) == word_now(word) && (args[1] || m->shared.obj[id].digest))
			log_mark(w, MARK_MEMORY, ARRAY_SIZE(args), args);
	}
}

void machine_reset(struct machine *m)
{
	int rc;

	flag_clear(&m->halt);
	flag_clear(&m->stop);
	locks_reset(&m->locks, m->params.start_ticket, m->params.start_now);
	shared_reset(&m->shared);
	initial_contents(m);
	rc = madvise(m->shadow_ctxts, ctxts_bytes(m), MADV_DONTNEED);
	SIM_ASSERT(rc == 0);
	m->data_logs = (struct data_logs){ .data = { 0 } };
	if (m->tlbs)
		memset(m->tlbs, 0, tlbs_bytes(m));
	if (m->said_ctxts)
		memset(m->said_ctxts, 0, n_ctxts(m) * sizeof(*m->said_ctxts));
	m->episode++;
	for (u32 i = 0; i < m->params.cpus; i++)
		cpu_reset(m, &m->cpu[i]);
}

void machine_stop(struct machine *m)
{
	flag_set(&m->stop);
	locks_wake_all(&m->locks);
}
