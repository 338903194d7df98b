// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/setup.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/machine/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of memory that the log may take: an execution's steps are small, a verification of images has thousands. */
enum { LOG_BYTES = 1 << 28 };

/* A value that the scope feeds: number @n of all, or of those that @cpu takes. */
static const u64 *fed(const struct setup *s, bool core, u32 cpu, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < s->scope->n_feeds; i++) {
		const struct scope_feed *f = &s->scope->feed[i];

		if (f->core == core && f->cpu == cpu && f->vmid == vmid && f->n == n)
			return &f->value;
	}
	return NULL;
}

/* The same of value number @n, which the CPU that runs is taking as number @nth of its own. */
static const u64 *fed_any(const struct setup *s, bool core, u32 nth, vmid_t vmid, u64 n)
{
	const u64 *v = s->explored ? fed(s, core, s->runs, vmid, nth) : NULL;

	return v ? v : fed(s, core, SCOPE_ANY_CPU, vmid, n);
}

static u64 data_value_of(const struct params *p, vmid_t vmid, u64 n)
{
	struct setup *s = p->arg;
	struct taken_values *t = &s->data[s->runs][vmid];
	const u64 *v;

	if (!s->explored || n < t->first)
		v = fed(s, false, SCOPE_ANY_CPU, vmid, n);
	else
		v = fed_any(s, false, t->before + (u32)(n - t->first), vmid, n);
	if (n >= t->first)
		t->now = (u32)max_u64(t->now, n - t->first + 1);
	return v ? *v : s->keyed.doracle(&s->keyed, vmid, n);
}

static u64 core_value_of(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	struct setup *s = p->arg;
	struct taken_values *t = &s->core[s->runs][vmid];
	const u64 *v = fed_any(s, true, t->before, vmid, n);

	t->before++;
	return v ? *v : s->keyed.core_doracle(&s->keyed, cpu, vmid, n);
}

void setup_takes_data(struct setup *s, u32 cpu, vmid_t vmid)
{
	struct taken_values *t = &s->data[cpu][vmid];

	t->before += t->now;
	t->now = 0;
	t->first = s->m->data_logs.data[vmid];
}

void setup_begin(struct setup *s)
{
	s->explored = true;
	if (s->scope->n_feeds == 0)
		return;
	memset(s->data, 0, s->scope->cpus * sizeof(s->data[0]));
	memset(s->core, 0, s->scope->cpus * sizeof(s->core[0]));
}

static void make_config(struct setup *s)
{
	const struct scope *scope = s->scope;
	struct log_config *c = &s->config;
	int line;

	log_config_init(c, scope->cpus);
	c->machine = c->barriers = c->digests = true;
	c->seed = scope->seed;
	c->lock_bound = LOCK_BOUND;
	c->errata = scope->errata;
	snprintf(c->scenario, sizeof(c->scenario), "explore");
	line = log_config_op(c, "line", strlen("line"));
	SIM_ASSERT(line == 0);
	if (scope->pages) {
		machine_boot_fixed(&s->fixed, scope->pages);
		c->fixed = s->fixed;
		machine_boot_config(c, &s->fixed, &scope->errata);
	}
}

static int make_machine(struct setup *s, struct err *e)
{
	struct machine_params p = { .cpus = s->scope->cpus,
		                    .seed = s->scope->seed,
		                    .policy = { .kind = WAIT_YIELD, .cores = 1 },
		                    .errata = s->scope->errata,
		                    .fixed = s->scope->pages ? &s->fixed : NULL };
	int rc = log_open_memory(&s->log, &s->config, LOG_BYTES, e);

	if (rc == 0)
		rc = machine_create(&s->m, &p, s->log, e);
	if (rc < 0)
		return rc;
	s->keyed = s->m->model;
	if (s->scope->n_feeds) {
		s->m->model.arg = s;
		s->m->model.doracle = data_value_of;
		s->m->model.core_doracle = core_value_of;
	}
	machine_begin_episode(s->m);
	return 0;
}

static int judge_call(const struct setup *s, u32 i, struct err *e)
{
	const struct scope_call *call = &s->scope->before.v[i];
	const struct called *did = &s->before[i];
	char got[160];

	for (u32 k = 0; k < call->n_expects; k++)
		if (!calls_as_expected(call, &call->expect[k], did))
			return err_set(e, ERR_USAGE, "%s:%llu: expected %s, got %s", s->scope->name,
			               (unsigned long long)call->expect[k].line,
			               call->expect[k].text,
			               called_print(call, did, got, sizeof(got)));
	if (did->outcome != OUT_OK)
		return err_set(e, ERR_USAGE,
		               "%s:%llu: %s: %s, so there is nothing to explore behind it",
		               s->scope->name, (unsigned long long)call->line, call->text,
		               called_print(call, did, got, sizeof(got)));
	return 0;
}

static int make_calls(struct setup *s, struct err *e)
{
	const struct scope *scope = s->scope;
	bool open[EXPLORE_CPUS] = { false };

	s->before = xcalloc(scope->before.n + 1, sizeof(*s->before));
	for (u32 i = 0; i < scope->before.n; i++) {
		u32 cpu = scope->before.v[i].cpu;
		int rc;

		s->runs = cpu;
		calls_make(&s->m->cpu[cpu], &scope->before.v[i], &open[cpu], &s->before[i]);
		rc = judge_call(s, i, e);
		if (rc < 0)
			return rc;
	}
	for (u32 i = 0; i < scope->cpus; i++)
		if (open[i])
			return err_set(e, ERR_USAGE, "%s: CPU %u holds a lock before concurrent",
			               scope->name, i);
	return 0;
}

int setup_new(struct setup **out, const struct scope *scope, struct err *e)
{
	struct setup *s;
	int rc;

	if (scope->cpus > EXPLORE_CPUS)
		return err_set(e, ERR_USAGE, "%s: %u CPUs, explored are at most %d", scope->name,
		               scope->cpus, EXPLORE_CPUS);
	s = xcalloc(1, sizeof(*s));
	s->scope = scope;
	make_config(s);
	rc = make_machine(s, e);
	if (rc == 0)
		rc = make_calls(s, e);
	if (rc < 0) {
		setup_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void setup_free(struct setup *s)
{
	if (!s)
		return;
	machine_free(s->m);
	log_free(s->log);
	log_config_free(&s->config);
	free(s->before);
	free(s);
}
