// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/drawn.h"

#include "cpu/point.h"
#include "scenarios/clash_alone.h"
#include "scenarios/scenarios.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/drawn_types.h"
#include "sim/machine/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What halts the machine ends a scope, and a form that a run would do once comes up in each scope anew.  Images are good: a scope cannot say
 * otherwise.
 */
static const char *const storm_options[] = { "boot=60", "fault=20", "access=40", "image=0",
	                                     "core=0",  "panics=0", "even=off",  NULL };
static const char *const clash_options[] = { "panics=0", "even=off", "heedless=60", NULL };

const struct drawn_row drawn_rows[] = {
	{ "storm",
	  "a sequential run of storm, CPUs in turn: what boots VMs comes before, what comes then "
	  "are "
	  "the programs",
	  2, 3, 150, storm_options, 0 },
	{ "clash",
	  "VMs in several states, and programs by clash's weights about the same pages, VMs and "
	  "banks",
	  3, 8, 4, clash_options, DRAWN_STARTS },
};
const u32 n_drawn_rows = (u32)ARRAY_SIZE(drawn_rows);

_Static_assert(DRAWN_STARTS % CLASH_STARTS == 0, "each machine as often as any other");

/* To find something that can be done. */
enum { TRIES = 8 };

static const char *row_name(u32 i)
{
	return drawn_rows[i].name;
}

const struct drawn_row *drawn_row_by_name(const char *name)
{
	for (u32 i = 0; i < n_drawn_rows; i++)
		if (strcmp(row_name(i), name) == 0)
			return &drawn_rows[i];
	return NULL;
}

/* ---- lines ---- */

void drawn_add(struct text *t, const char *line)
{
	for (; *line; line++)
		vec_push(t, *line);
	vec_push(t, '\n');
}

/* Values that @vmid's oracle gives from number @n on. */
void drawn_feed(struct drawer *d, struct text *t, vmid_t vmid, u64 n, u64 values)
{
	char line[48];

	for (u64 i = 0; i < values; i++) {
		u64 value = d->m->model.doracle(&d->m->model, vmid, n + i);

		snprintf(line, sizeof(line), "feed data %u 0x%llx", vmid,
		         (unsigned long long)value);
		drawn_add(t, line);
	}
}

bool drawn_runs_first(const struct drawer *d)
{
	u64 vmid = d->now.args[RUN_VMID], vcpuid = d->now.args[RUN_VCPU];

	return d->op.n == 1 && strncmp(d->op.line[0], "run ", 4) == 0 && is_vm(vmid) &&
	       vcpuid < d->config.total_cpu && !(d->ran[vmid] >> vcpuid & 1);
}

void drawn_add_op(struct drawer *d, struct text *t)
{
	for (u32 i = 0; i < d->op.n; i++)
		drawn_add(t, d->op.line[i]);
}

/* The operation as lines before concurrent: a vCPU that runs for the first time takes the values that it took here, from number @n on. */
static void add_before(struct drawer *d, u32 cpu, u64 n)
{
	char line[32];
	u64 vmid = d->now.args[RUN_VMID];

	if (d->start_cpu != cpu) {
		snprintf(line, sizeof(line), "cpu %u", cpu);
		drawn_add(&d->start, line);
		d->start_cpu = cpu;
	}
	if (drawn_runs_first(d)) {
		drawn_feed(d, &d->start, (vmid_t)vmid, n, DRAWN_VCPU_VALUES);
		d->ran[vmid] |= 1ull << d->now.args[RUN_VCPU];
	}
	drawn_add_op(d, &d->start);
}

/* ---- operations ---- */

static void entered(struct cpu *c, enum core_entry entry)
{
	struct drawer *d = c->control_arg;

	drawn_enter(&d->op, &d->kit->cpu[c->id], &d->now, c, entry);
}

static void note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	struct drawer *d = c->control_arg;

	if (d->undo)
		machine_undo_note(d->undo, o, field, first, n);
}

static void note_ctxt(struct cpu *c, u32 id)
{
	struct drawer *d = c->control_arg;

	if (d->undo)
		machine_undo_ctxt(d->undo, id);
}

static const struct control_ops control = { .note = note,
	                                    .note_ctxt = note_ctxt,
	                                    .enter = entered };

static void execute(struct cpu *c, void *arg)
{
	struct drawer *d = arg;

	d->w.execute(c, d->w.arg, &d->now);
}

static enum made make(struct drawer *d, u32 cpu)
{
	struct cpu *c = &d->m->cpu[cpu];
	struct kit_cpu *k = &d->kit->cpu[cpu];
	enum outcome out;

	d->now = (struct operation){ .kind = 0 };
	d->w.choose(d->w.arg, cpu, d->n[cpu]++, &d->rng[cpu], &d->now);
	if (d->now.kind == OP_NEW_EPISODE)
		return MADE_OVER;
	if (k->idles)
		return MADE_NOT;
	/* In a scope all images are good. */
	k->bad_image = 0;
	drawn_begin(&d->op, k, &d->now, c);
	out = cpu_call(c, execute, d);
	d->w.ended(d->w.arg, c, &d->now, out);
	if (d->op.unsaid)
		return MADE_OVER;
	SIM_ASSERT(d->op.n > 0);
	return out == OUT_OK && !flag_get(&d->m->halt) ? MADE : MADE_LAST;
}

enum made drawn_make(struct drawer *d, u32 cpu)
{
	enum made how = MADE_NOT;

	for (u32 i = 0; i < TRIES && how == MADE_NOT; i++)
		how = make(d, cpu);
	return how;
}

/* ---- the start ---- */

static u64 start_of(const struct drawer *d, u64 seed)
{
	return d->o.row->starts ? seed % d->o.row->starts : seed;
}

static int set_options(struct drawer *d, const struct scenario *s, struct err *e)
{
	int rc = 0;

	scenario_option_defaults(s, d->values);
	for (u32 i = 0; d->o.row->options[i] && rc == 0; i++)
		rc = scenario_option_set(s, d->o.row->options[i], d->values, e);
	for (u32 i = 0; i < d->o.n_options && rc == 0; i++)
		rc = scenario_option_set(s, d->o.option[i], d->values, e);
	return rc;
}

static int set_errata(struct drawer *d, const struct scenario *s, struct err *e)
{
	const char *const *side = s->errata;
	int rc = 0;

	errata_defaults(&d->errata);
	if (d->o.chosen)
		errata_apply_all(&d->errata, d->o.chosen);
	for (; side && *side && rc == 0; side++)
		rc = errata_parse(&d->errata, *side, e);
	if (d->o.chosen)
		errata_apply_named(&d->errata, d->o.chosen);
	return rc;
}

static int make_machine(struct drawer *d, u64 seed, struct err *e)
{
	struct params model;
	struct machine_params p = { .cpus = d->cpus,
		                    .seed = seed,
		                    .policy = { .kind = WAIT_YIELD, .cores = 1 },
		                    .errata = d->errata,
		                    .model = &model,
		                    .fixed = d->w.fixed };
	int rc;

	d->config.machine = true;
	d->config.seed = seed;
	d->config.errata = d->errata;
	machine_boot_config(&d->config, d->w.fixed, &d->errata);
	params_init(&model, seed, d->config.total_cpu);
	d->w.params(d->w.arg, &model);
	rc = log_open_off(&d->log, &d->config, e);
	if (rc == 0)
		rc = machine_create(&d->m, &p, d->log, e);
	return rc;
}

static int begin(struct drawer *d, struct err *e)
{
	const struct scenario *s = scenario_by_name(d->o.row->name);
	struct scenario_setup setup = {
		.scenario = s, .cpus = d->cpus, .values = d->values, .errata = &d->errata
	};
	u64 start = start_of(d, d->o.seed);
	int rc = set_options(d, s, e);

	log_config_init(&d->config, d->cpus);
	setup.total_cpu = d->config.total_cpu;
	if (rc == 0)
		rc = set_errata(d, s, e);
	if (rc == 0)
		rc = s->begin(&d->w, &setup, e);
	if (rc < 0)
		return rc;
	d->kit = d->w.arg;
	rc = make_machine(d, start, e);
	if (rc < 0)
		return rc;
	/* Which machine clash sets up goes by the number of the episode. */
	d->m->episode = drawn_is_clash(d) ? start % CLASH_STARTS : 0;
	d->w.episode(d->w.arg, d->m);
	for (u32 i = 0; i < d->cpus; i++) {
		d->m->cpu[i].control = &control;
		d->m->cpu[i].control_arg = d;
		d->kit->cpu[i].c = &d->m->cpu[i];
		d->rng[i].s = mix_key(start, MIX_CHOICE, d->m->episode, i);
	}
	return 0;
}

/*
 * One operation of what comes before; what changed nothing need not stand there.  False: it is the last one, and not to be had.
 */
static bool begin_with(struct drawer *d, u32 cpu, enum made (*one)(struct drawer *d, u32 cpu))
{
	const struct cpu *c = &d->m->cpu[cpu];
	u64 n[N_VMID], effects = c->effects;
	bool ihost = c->ihost;
	enum made how;

	memcpy(n, d->m->data_logs.data, sizeof(n));
	how = one(d, cpu);
	if (how == MADE && (c->effects != effects || c->ihost != ihost))
		add_before(d, cpu, d->now.args[0] < N_VMID ? n[d->now.args[0]] : 0);
	return how == MADE || how == MADE_NOT;
}

/* clash sets its machine up.  Nothing of that halts the machine, or is stuck, unless the hypervisor is another than it is meant to be. */
static int set_up(struct drawer *d, struct err *e)
{
	d->dates = kit_option(d->kit, "dates", 0);
	clash_alone(d->kit);
	while (clash_alone_begins(d->kit))
		if (!begin_with(d, 0, make))
			return err_set(
				e, ERR_USAGE,
				"scope %s: its start is not to be had: \"%s\" halts the machine "
				"or is stuck",
				d->o.row->name,
				d->op.n ? d->op.line[d->op.n - 1] : d->kit->cpu[0].op->name);
	return 0;
}

/*
 * At most @most operations before concurrent.  *@made: how many were made before the first that must not stand there, since it halts the
 * machine or is stuck.
 */
static int make_before(struct drawer *d, u32 most, u32 *made, struct err *e)
{
	int rc = begin(d, e);

	if (rc == 0 && drawn_is_clash(d))
		rc = set_up(d, e);
	for (*made = 0; rc == 0 && *made < most; (*made)++)
		if (!begin_with(d, *made % d->cpus, drawn_make))
			break;
	return rc;
}

static void drop(struct drawer *d)
{
	machine_undo_free(d->undo);
	kit_kept_free(d->kept);
	machine_free(d->m);
	log_free(d->log);
	log_config_free(&d->config);
	if (d->kit)
		scenario_by_name(d->o.row->name)->end(&d->w);
	vec_free(&d->start);
	for (u32 i = 0; i < DRAWN_MAX_CPUS; i++)
		vec_free(&d->program[i]);
}

void drawer_free(struct drawer *d)
{
	if (!d)
		return;
	drop(d);
	free(d);
}

static int settle(struct drawer *d, struct err *e)
{
	int rc = machine_undo_new(&d->undo, d->m, e);

	if (rc == 0)
		rc = kit_keep(&d->kept, d->kit, drawn_is_clash(d) ? clash_own_bytes() : 0, e);
	for (u32 i = 0; i < d->cpus; i++)
		d->stats[i] = d->m->cpu[i].stats;
	memcpy(d->base_rng, d->rng, sizeof(d->rng));
	memcpy(d->base_n, d->n, sizeof(d->n));
	return rc;
}

static int size_of(struct drawer *d, const struct drawn_opts *o, struct err *e)
{
	d->cpus = o->cpus ? o->cpus : o->row->cpus;
	d->ops = o->ops ? o->ops : o->row->ops;
	d->before = o->has_before ? o->before : o->row->before;
	if (d->cpus > DRAWN_MAX_CPUS)
		return err_set(e, ERR_USAGE, "scope %s: --cpus: expected a number 1..%d, found %u",
		               o->row->name, DRAWN_MAX_CPUS, d->cpus);
	return 0;
}

int drawer_new(struct drawer **out, const struct drawn_opts *o, struct err *e)
{
	struct drawer *d = xcalloc(1, sizeof(*d));
	u32 most, made;
	int rc = size_of(d, o, e);

	d->o = *o;
	most = d->before * d->cpus;
	if (rc == 0)
		rc = make_before(d, most, &made, e);
	/* Once more, up to there. */
	if (rc == 0 && made < most) {
		most = made;
		drop(d);
		*d = (struct drawer){ .o = *o };
		rc = size_of(d, o, e);
		if (rc == 0)
			rc = make_before(d, most, &made, e);
		SIM_ASSERT(rc < 0 || made == most);
	}
	if (rc == 0)
		rc = settle(d, e);
	if (rc < 0) {
		drawer_free(d);
		return rc;
	}
	*out = d;
	return 0;
}

bool drawer_starts(const struct drawer *d, u64 seed)
{
	return start_of(d, seed) == start_of(d, d->o.seed);
}

const struct machine *drawer_machine(const struct drawer *d)
{
	return d->m;
}

const char *drawer_name(const struct drawer *d, u64 seed, char *buf, size_t size)
{
	int at = snprintf(buf, size, "%s --cpus %u --ops %u", d->o.row->name, d->cpus, d->ops);

	if (d->before != d->o.row->before)
		at += snprintf(buf + at, size - (size_t)at, " --before %u", d->before);
	for (u32 i = 0; i < d->o.n_options && (size_t)at < size; i++)
		at += snprintf(buf + at, size - (size_t)at, " -o %s", d->o.option[i]);
	if ((size_t)at < size)
		snprintf(buf + at, size - (size_t)at, " --seed %llu", (unsigned long long)seed);
	return buf;
}
