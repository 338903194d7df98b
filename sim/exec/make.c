// SPDX-License-Identifier: GPL-2.0-only
/* boot, reset, feed: the machine that a script has, and what the outside world feeds to it. */
#include "sim/base/vec.h"
#include "sim/exec/read.h"
#include "sim/exec/record.h"
#include "sim/exec/script.h"
#include "sim/log/write/log.h"
#include "sim/machine/boot.h"

#include <stdlib.h>

/*
 * Value number @n of an oracle of @vmid.
 * @from: of a CPU's own: which of what it was fed; OF_CALL: the call's
 */
struct fed {
	bool core;
	vmid_t vmid;
	u64 n, value;
	u32 from;
};

enum { OF_CALL = 0xffffffff };

/**
 * struct exec_machine - a machine, its log (off) and its environment
 * @keyed: the machine's parameters as it was made
 * @fed:   [n] values that the script feeds; all others are the keyed oracles'
 * @own:   [n] the same, of the CPU that calls: these come first
 */
struct exec_machine {
	struct log_config config;
	struct fixed fixed;
	struct log *log;
	struct machine *m;
	struct env *env;
	struct params keyed;
	VEC(struct fed) fed, own;
};

static void drop(struct exec_machine *em)
{
	if (!em)
		return;
	env_free(em->env);
	machine_free(em->m);
	log_free(em->log);
	log_config_free(&em->config);
	vec_free(&em->fed);
	vec_free(&em->own);
	free(em);
}

/* Has a script fed the value? */
static const struct fed *find_fed(const struct exec_machine *em, bool core, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < em->own.n + em->fed.n; i++) {
		const struct fed *f = i < em->own.n ? &em->own.v[i] : &em->fed.v[i - em->own.n];

		if (f->core == core && f->vmid == vmid && f->n == n)
			return f;
	}
	return NULL;
}

static u64 feed_data(const struct params *p, vmid_t vmid, u64 n)
{
	const struct exec_machine *em = p->arg;
	const struct fed *f = find_fed(em, false, vmid, n);

	return f ? f->value : em->keyed.doracle(&em->keyed, vmid, n);
}

static u64 feed_core(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	const struct exec_machine *em = p->arg;
	const struct fed *f = find_fed(em, true, vmid, n);

	return f ? f->value : em->keyed.core_doracle(&em->keyed, cpu, vmid, n);
}

/* @pages: 0: objects that are 0, no memory regions, no SMMUs; else as it boots. */
static int make(struct exec *x, struct exec_machine *em, u64 pages, struct err *e)
{
	struct machine_params p = { .cpus = x->o.cpus,
		                    .seed = x->o.seed,
		                    .policy = { .kind = WAIT_SPIN, .cores = 1 },
		                    .tlb = true,
		                    .errata = x->errata };
	int rc;

	log_config_init(&em->config, x->o.cpus);
	em->config.machine = true;
	em->config.lock_bound = LOCK_BOUND;
	em->config.seed = x->o.seed;
	if (pages) {
		machine_boot_fixed(&em->fixed, pages);
		machine_boot_config(&em->config, &em->fixed, &x->errata);
		p.fixed = &em->fixed;
	}
	rc = log_open_off(&em->log, &em->config, e);
	if (rc == 0)
		rc = machine_create(&em->m, &p, em->log, e);
	if (rc < 0)
		return rc;
	em->env = env_new(em->m, false);
	em->keyed = em->m->model;
	em->m->model.arg = em;
	em->m->model.doracle = feed_data;
	em->m->model.core_doracle = feed_core;
	return 0;
}

int exec_make(struct exec *x, u64 pages, struct err *e)
{
	struct exec_machine *em = xcalloc(1, sizeof(*em));
	int rc = make(x, em, pages, e);

	if (rc < 0) {
		drop(em);
		return rc;
	}
	record_machine(x->record, em->m, em->env, pages != 0);
	drop(x->machine);
	x->machine = em;
	x->m = em->m;
	x->env = em->env;
	exec_tlb(x, false);
	return 0;
}

void exec_drop(struct exec *x)
{
	drop(x->machine);
	x->machine = NULL;
}

void exec_tlb(struct exec *x, bool on)
{
	for (u32 i = 0; i < x->o.cpus; i++)
		x->m->cpu[i].tlbs = on ? x->m->tlbs : NULL;
}

int do_boot(struct exec *x, struct text_line *l, struct err *e)
{
	u64 pages;
	int rc = read_boot(l, &pages, e);

	return rc < 0 ? rc : exec_make(x, pages, e);
}

int do_reset(struct exec *x, struct text_line *l, struct err *e)
{
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	exec_as_at_start(x);
	return exec_make(x, 0, e);
}

/* How many values of an oracle were taken. */
static u64 taken_of(const struct exec_machine *em, bool core, vmid_t vmid)
{
	return core ? em->m->data_logs.core[vmid] : em->m->data_logs.data[vmid];
}

/* The number of the next value that no script has fed yet. */
static u64 feed_from(const struct exec_machine *em, bool core, vmid_t vmid)
{
	u64 n = taken_of(em, core, vmid);

	for (u32 i = 0; i < em->fed.n; i++) {
		const struct fed *f = &em->fed.v[i];

		if (f->core == core && f->vmid == vmid)
			n = max_u64(n, f->n + 1);
	}
	return n;
}

int do_feed(struct exec *x, struct text_line *l, struct err *e)
{
	struct exec_machine *em = x->machine;
	struct read_feed feed;
	int rc = read_feed(l, &feed, e);
	u64 n;

	if (rc < 0)
		return rc;
	n = feed_from(em, feed.core, feed.vmid);
	for (u32 i = 0; i < feed.n; i++)
		vec_push(&em->fed,
		         ((struct fed){ feed.core, feed.vmid, n + i, feed.v[i], OF_CALL }));
	vec_free(&feed);
	return 0;
}

static void own(struct exec_machine *em, bool core, vmid_t vmid, u64 value, u32 from)
{
	u64 n = taken_of(em, core, vmid);

	for (u32 i = 0; i < em->own.n; i++)
		n += em->own.v[i].core == core && em->own.v[i].vmid == vmid;
	vec_push(&em->own, ((struct fed){ core, vmid, n, value, from }));
}

void exec_own(struct exec *x, const struct scope_call *call, const struct scope_feed *feed,
              const bool *used, u32 n)
{
	struct exec_machine *em = x->machine;

	em->own.n = 0;
	for (u32 i = 0; i < call->n_core; i++)
		own(em, true, call->core_vmid, call->core[i], OF_CALL);
	for (u32 i = 0; i < n; i++)
		if (!used[i])
			own(em, feed[i].core, feed[i].vmid, feed[i].value, i);
}

void exec_own_taken(struct exec *x, bool *used)
{
	struct exec_machine *em = x->machine;

	for (u32 i = 0; i < em->own.n; i++) {
		const struct fed *f = &em->own.v[i];

		if (f->from != OF_CALL && f->n < taken_of(em, f->core, f->vmid))
			used[f->from] = true;
	}
	em->own.n = 0;
}
