// SPDX-License-Identifier: GPL-2.0-only
/*
 * The primitives' table: nanoseconds of one primitive of each family, of a section with a pull, stores and a push, and of
 * making a machine and resetting one.
 */
#include "bench/frame.h"
#include "cpu/ctxt.h"
#include "cpu/switch_regs.h"
#include "lock/wait.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "shmem/shared.h"
#include "sim/base/clock.h"
#include "sim/machine/machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VM = 3 };

/* Where a page of the last level's pool begins. */
static u64 leaf(u64 i)
{
	return pmd_start(VM) + i % 4096 * sizeof(u64);
}

static void getter(struct cpu *c, u64 i)
{
	(void)i;
	bench_use(get_vm_state(c, VM));
}

static void setter(struct cpu *c, u64 i)
{
	set_vm_state(c, VM, (u32)i & 3);
}

static void load(struct cpu *c, u64 i)
{
	bench_use(pt_load(c, VM, leaf(i)));
}

static void store(struct cpu *c, u64 i)
{
	c->tstate = 0;
	pt_store(c, VM, leaf(i), i << 12 | 3);
}

static void move(struct cpu *c, u64 i)
{
	(void)i;
	host_to_core(c);
}

static void reg(struct cpu *c, u64 i)
{
	bench_use(get_shadow_ctxt(c, HOSTVISOR, 0, (u32)i & 31));
}

/* A pull and a push of an object whose lock is held, with @n stores in between. */
static void pull_push(struct cpu *c, u64 i, u32 n)
{
	acquire_shared(c, NPT_ID + VM);
	for (u32 k = 0; k < n; k++)
		pt_store(c, VM, pgd_start(VM) + (u64)k * sizeof(u64), i + k);
	release_shared_pt(c, VM);
}

static void push_0(struct cpu *c, u64 i)
{
	pull_push(c, i, 0);
}

static void push_1(struct cpu *c, u64 i)
{
	pull_push(c, i, 1);
}

static void push_8(struct cpu *c, u64 i)
{
	pull_push(c, i, 8);
}

static void push_64(struct cpu *c, u64 i)
{
	pull_push(c, i, 64);
}

static void bare(struct cpu *c, u64 i)
{
	(void)i;
	wait_lock(c, NPT_ID + VM);
	pass_lock(c, NPT_ID + VM);
}

static void section(struct cpu *c, u64 i)
{
	acquire_lock_pt(c, VM);
	pt_store(c, VM, pgd_start(VM), i);
	release_lock_pt(c, VM);
}

/* What the CPU holds before the row: nothing, the lock, or its object too. */
enum holds { FREE, TAKEN, PULLED };

static const struct prim_row {
	const char *name;
	void (*fn)(struct cpu *c, u64 i);
	enum holds holds;
	bool logged;
	u32 perturb; /* percent of its points between steps */
} prim_rows[] = {
	{ .name = "getter", .fn = getter, .holds = PULLED },
	{ .name = "setter", .fn = setter, .holds = PULLED },
	{ .name = "pt_load", .fn = load, .holds = PULLED },
	{ .name = "pt_store", .fn = store, .holds = PULLED },
	{ .name = "get_shadow_ctxt", .fn = reg, .holds = FREE },
	{ .name = "register move (x0..x30)", .fn = move, .holds = FREE },
	{ .name = "pull, push", .fn = push_0, .holds = TAKEN, .logged = true },
	{ .name = "pull, 1 store, push", .fn = push_1, .holds = TAKEN, .logged = true },
	{ .name = "pull, 8 stores, push", .fn = push_8, .holds = TAKEN, .logged = true },
	{ .name = "pull, 64 stores, push", .fn = push_64, .holds = TAKEN, .logged = true },
	{ .name = "acquire, release", .fn = bare, .holds = FREE, .logged = true },
	{ .name = "acquire, pull, store, push, release",
	  .fn = section,
	  .holds = FREE,
	  .logged = true },
	{ .name = "the same, perturbed at 1%",
	  .fn = section,
	  .holds = FREE,
	  .logged = true,
	  .perturb = 1 },
	{ .name = "the same, perturbed at 10%",
	  .fn = section,
	  .holds = FREE,
	  .logged = true,
	  .perturb = 10 },
};

enum { ROW_BARE = 10 };
enum { PC_NS, PC_RATIO, PC_NR };

static const struct table_col prim_cols[PC_NR] = { { "each", "ns", 1 }, { "ratio", "to bare", 2 } };

static void make(bool logged, u32 perturb, struct log_config *config, struct log **l,
                 struct machine **m)
{
	struct machine_params p = { .cpus = 1,
		                    .perturb = perturb,
		                    .policy = { .kind = WAIT_AUTO, .cores = 2 } };
	struct err e;

	errata_defaults(&p.errata);
	log_config_init(config, 1);
	config->machine = config->barriers = config->digests = true;
	bench_must(logged ? log_open_memory(l, config, ~0ull, &e) : log_open_off(l, config, &e),
	           &e);
	bench_must(machine_create(m, &p, *l, &e), &e);
}

struct prim_run {
	const struct prim_row *row;
	u64 from, n;
};

static void prim_body(struct cpu *c, void *arg)
{
	const struct prim_run *r = arg;

	for (u64 i = r->from; i < r->from + r->n; i++)
		r->row->fn(c, i);
}

/* So many calls between two rewinds: the log stays in the caches that it would be in during a run. */
enum { CALLS_A_TURN = 20000 };

static void measure_prim(void *arg, u32 row, double *out)
{
	const struct bench_opts *o = arg;
	struct prim_run r = { .row = &prim_rows[row], .n = CALLS_A_TURN };
	u64 end = clock_ns() + (u64)(o->seconds * 1e9), ns = 0, calls = 0;
	struct log_config config;
	struct machine *m;
	struct log *l;

	make(r.row->logged, r.row->perturb, &config, &l, &m);
	for (lk_t lk = NPT_ID + VM; lk <= INFO_ID + VM; lk += N_VMID)
		m->cpu[0].lock[lk] = r.row->holds == PULLED  ? LOCK_OWN_PULLED
		                     : r.row->holds == TAKEN ? LOCK_OWN
		                                             : LOCK_FALSE;
	do {
		u64 start = clock_ns();

		if (cpu_call(&m->cpu[0], prim_body, &r) != OUT_OK) {
			fprintf(stderr, "hypsim bench: %s: %s\n", r.row->name,
			        stuck_sentence(m->cpu[0].stuck.rule));
			exit(1);
		}
		ns += clock_ns() - start;
		calls += r.n;
		r.from += r.n;
		if (r.row->logged)
			log_rewind(l);
	} while (clock_ns() < end);
	out[PC_NS] = (double)ns / (double)calls;
	machine_free(m);
	log_free(l);
	log_config_free(&config);
}

/* ---- machines ---- */

static const struct machine_row {
	const char *name;
	u32 pages; /* of the host's memory, touched in the episode; ~0: make a machine */
} machine_rows[] = {
	{ "create, free", ~0u },
	{ "reset, nothing touched", 0 },
	{ "reset, 1000 pages touched", 1000 },
	{ "reset, 4000 pages touched", 4000 },
};

enum { MC_US, MC_NR };

static const struct table_col machine_cols[MC_NR] = { { "each", "us", 1 } };

/* One cell in each of @n pages of the host: page records and entries, half and half. */
static void touch(struct machine *m, u32 n)
{
	for (u32 i = 0; i < n / 2; i++) {
		obj_set(&m->shared.obj[S2PAGE_ID], F_S2PAGE_s2_owner, (u64)i * 512, 1);
		obj_set(&m->shared.obj[NPT_ID], F_NPT_pt_pmd_pool,
		        pmd_start(0) + (u64)i * PAGE_SIZE, 1);
	}
}

static void measure_machine(void *arg, u32 row, double *out)
{
	u32 pages = machine_rows[row].pages, n = 0;
	const struct bench_opts *o = arg;
	u64 end = clock_ns() + (u64)(o->seconds * 1e9), ns = 0;
	struct log_config config;
	struct machine *m;
	struct log *l;

	make(false, 0, &config, &l, &m);
	do {
		u64 start;

		if (pages != ~0u)
			touch(m, pages);
		start = clock_ns();
		if (pages == ~0u) {
			struct machine *again;
			struct machine_params p = m->params;
			struct err e;

			bench_must(machine_create(&again, &p, l, &e), &e);
			machine_free(again);
		} else {
			machine_reset(m);
		}
		ns += clock_ns() - start;
		n++;
	} while (clock_ns() < end);
	out[MC_US] = (double)ns / n / 1e3;
	machine_free(m);
	log_free(l);
	log_config_free(&config);
}

void bench_prim(const struct bench_opts *o)
{
	struct table t = { .name = "primitives",
		           .title = "prim: one primitive, one CPU",
		           .cols = prim_cols,
		           .n_cols = PC_NR };
	struct table mt = {
		.name = "machines", .title = "prim: machines", .cols = machine_cols, .n_cols = MC_NR
	};

	for (u32 i = 0; i < ARRAY_SIZE(prim_rows); i++)
		table_add(&t, "%s", prim_rows[i].name);
	bench_rows(&t, 0, t.n, o->repeat, measure_prim, (void *)(uintptr_t)o);
	for (u32 i = ROW_BARE; i < t.n; i++)
		t.rows[i].v[PC_RATIO] = t.rows[i].v[PC_NS] / t.rows[ROW_BARE].v[PC_NS];
	bench_show(o, &t);
	table_free(&t);
	for (u32 i = 0; i < ARRAY_SIZE(machine_rows); i++)
		table_add(&mt, "%s", machine_rows[i].name);
	bench_rows(&mt, 0, mt.n, o->repeat, measure_machine, (void *)(uintptr_t)o);
	bench_show(o, &mt);
	table_free(&mt);
}
