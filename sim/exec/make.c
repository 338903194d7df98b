// SPDX-License-Identifier: GPL-2.0-only
/* boot, reset, feed: the machine that a script has, and what the outside world feeds to it. */
#include "sim/base/vec.h"
#include "sim/exec/record.h"
#include "sim/exec/script.h"
#include "sim/log/write/log.h"
#include "sim/machine/boot.h"

#include <stdlib.h>

/* Value number @n of an oracle of @vmid. */
struct fed {
	bool core;
	vmid_t vmid;
	u64 n, value;
};

/**
 * struct exec_machine - a machine, its log (off) and its environment
 * @keyed: the machine's parameters as it was made
 * @fed:   [n] values that the script feeds; all others are the keyed oracles'
 */
struct exec_machine {
	struct log_config config;
	struct fixed fixed;
	struct log *log;
	struct machine *m;
	struct env *env;
	struct params keyed;
	VEC(struct fed) fed;
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
	free(em);
}

/* Has a script fed the value? */
static const struct fed *find_fed(const struct exec_machine *em, bool core, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < em->fed.n; i++) {
		const struct fed *f = &em->fed.v[i];

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
	u64 pages = BOOT_PAGES;
	const char *at = l->at;
	struct text_word w = text_next(l);
	int rc;

	if (w.len > 0) {
		l->at = at;
		rc = script_number(l, BOOT_PAGES_MAX, "managed pages", &pages, e);
		if (rc == 0 && (pages < BOOT_PAGES_MIN || pages % PMD_PAGE_NUM != 0))
			rc = text_expected(l, w, 0, e, "managed pages, a multiple of %d from %d on",
			                   PMD_PAGE_NUM, BOOT_PAGES_MIN);
		if (rc == 0)
			rc = script_end(l, e);
		if (rc < 0)
			return rc;
	}
	return exec_make(x, pages, e);
}

int do_reset(struct exec *x, struct text_line *l, struct err *e)
{
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	exec_as_at_start(x);
	return exec_make(x, 0, e);
}

/* The number of the next value that no script has fed yet. */
static u64 feed_from(const struct exec_machine *em, bool core, vmid_t vmid)
{
	u64 n = core ? em->m->data_logs.core[vmid] : em->m->data_logs.data[vmid];

	for (u32 i = 0; i < em->fed.n; i++) {
		const struct fed *f = &em->fed.v[i];

		if (f->core == core && f->vmid == vmid)
			n = max_u64(n, f->n + 1);
	}
	return n;
}

static int feed_values(struct exec_machine *em, struct text_line *l, bool core, vmid_t vmid,
                       struct err *e)
{
	struct fed f = { .core = core, .vmid = vmid, .n = feed_from(em, core, vmid) };

	for (;;) {
		int rc = script_number(l, ~0ull, "a value", &f.value, e);
		const char *at = l->at;

		if (rc < 0)
			return rc;
		vec_push(&em->fed, f);
		f.n++;
		if (text_next(l).len == 0)
			return 0;
		l->at = at;
	}
}

void exec_feed_core(struct exec *x, vmid_t vmid, const u64 *v, u32 n)
{
	struct exec_machine *em = x->machine;
	u64 taken = x->m->data_logs.core[vmid];
	u32 kept = 0;

	for (u32 i = 0; i < em->fed.n; i++) {
		const struct fed *f = &em->fed.v[i];

		if (!f->core || f->vmid != vmid || f->n < taken)
			em->fed.v[kept++] = *f;
	}
	em->fed.n = kept;
	for (u32 i = 0; i < n; i++)
		vec_push(&em->fed, ((struct fed){ true, vmid, taken + i, v[i] }));
}

int do_feed(struct exec *x, struct text_line *l, struct err *e)
{
	struct exec_machine *em = x->machine;
	struct text_word w = text_next(l);
	bool core = text_is(w, "core");
	u32 n = em->fed.n;
	u64 vmid = 0;
	int rc;

	if (!core && !text_is(w, "data"))
		return text_expected(l, w, 0, e, "data or core");
	rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);
	if (rc == 0)
		rc = feed_values(em, l, core, (vmid_t)vmid, e);
	if (rc < 0)
		em->fed.n = n;
	return rc;
}
