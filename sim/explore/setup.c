// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/setup.h"

#include "cpu/point.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/machine/boot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of memory that the log may take: an execution's steps are small, a verification of images has thousands. */
enum { LOG_BYTES = 1 << 28 };

/* Value number @n of those that the CPU that runs is fed in the explored part, once the call is reached. */
static const u64 *fed_to_cpu(const struct setup *s, bool core, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < s->scope->n_feeds && s->call[s->runs].explored; i++) {
		const struct scope_feed *f = &s->scope->feed[i];

		if (f->part == SCOPE_CONCURRENT && f->core == core && f->cpu == s->runs &&
		    f->vmid == vmid && f->n == n)
			return f->call <= s->call[s->runs].number ? &f->value : NULL;
	}
	return NULL;
}

static const u64 *fed_by_number(const struct setup *s, bool core, vmid_t vmid, u64 n)
{
	for (u32 i = 0; i < s->fed.n; i++) {
		const struct fed_value *f = &s->fed.v[i];

		if (f->core == core && f->vmid == vmid && f->n == n)
			return &f->value;
	}
	return NULL;
}

static u64 data_value_of(const struct params *p, vmid_t vmid, u64 n)
{
	struct setup *s = p->arg;
	struct taken_values *t = &s->data[s->runs][vmid];
	const u64 *v = NULL;

	if (n >= t->first)
		v = fed_to_cpu(s, false, vmid, t->before + (n - t->first));
	if (v)
		t->now = (u32)max_u64(t->now, n - t->first + 1);
	else
		v = fed_by_number(s, false, vmid, n);
	return v ? *v : s->keyed.doracle(&s->keyed, vmid, n);
}

static u64 core_value_of(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	struct setup *s = p->arg;
	struct taken_values *t = &s->core[s->runs][vmid];
	const struct scope_call *call = s->call[s->runs].call;
	const u64 *v;

	if (call && call->core_vmid == vmid && s->call[s->runs].own < call->n_core)
		return call->core[s->call[s->runs].own++];
	v = fed_to_cpu(s, true, vmid, t->before);
	if (v)
		t->before++;
	else
		v = fed_by_number(s, true, vmid, n);
	return v ? *v : s->keyed.core_doracle(&s->keyed, cpu, vmid, n);
}

void setup_takes_data(struct setup *s, u32 cpu, vmid_t vmid)
{
	struct taken_values *t = &s->data[cpu][vmid];

	t->before += t->now;
	t->now = 0;
	t->first = s->m->data_logs.data[vmid];
}

/* What stands before call number @call of @part gets its numbers now. */
static void feed_by_number(struct setup *s, enum scope_part part, u32 call)
{
	for (u32 i = 0; i < s->scope->n_feeds; i++) {
		const struct scope_feed *f = &s->scope->feed[i];
		struct fed_value v = { f->core, f->vmid, 0, f->value };

		if (f->part != part || f->call != call)
			continue;
		v.n = f->core ? s->m->data_logs.core[f->vmid] : s->m->data_logs.data[f->vmid];
		for (u32 k = 0; k < s->fed.n; k++)
			if (s->fed.v[k].core == f->core && s->fed.v[k].vmid == f->vmid)
				v.n = max_u64(v.n, s->fed.v[k].n + 1);
		vec_push(&s->fed, v);
	}
}

void setup_call(struct setup *s, const struct scope_call *call, enum scope_part part, u32 number)
{
	u32 cpu = call->cpu;

	s->call[cpu].call = call;
	s->call[cpu].number = number;
	s->call[cpu].own = 0;
	s->call[cpu].explored = part == SCOPE_CONCURRENT;
	if (part != SCOPE_CONCURRENT)
		feed_by_number(s, part, number);
}

void setup_begin(struct setup *s)
{
	if (s->scope->n_feeds == 0)
		return;
	s->fed.n = s->fed_before;
	memset(s->data, 0, s->scope->cpus * sizeof(s->data[0]));
	memset(s->core, 0, s->scope->cpus * sizeof(s->core[0]));
}

/* Does the scope feed anything? */
static bool feeds(const struct scope *scope)
{
	bool own = scope->n_feeds > 0;

	for (u32 i = 0; i < scope->before.n; i++)
		own |= scope->before.v[i].n_core > 0;
	for (u32 i = 0; i < scope->after.n; i++)
		own |= scope->after.v[i].n_core > 0;
	for (u32 c = 0; c < scope->cpus; c++)
		for (u32 i = 0; i < scope->program[c].n; i++)
			own |= scope->program[c].v[i].n_core > 0;
	return own;
}

/* Cells that the scope sets, behind what boot makes. */
static void add_cells(struct setup *s)
{
	struct log_config *c = &s->config;
	u32 n = s->scope->n_cells;
	struct init_row *all;

	if (n == 0)
		return;
	all = xcalloc(c->n_init + n, sizeof(*all));
	if (c->n_init)
		memcpy(all, c->init, c->n_init * sizeof(*all));
	for (u32 i = 0; i < n; i++) {
		const struct scope_cell *cell = &s->scope->cell[i];

		all[c->n_init + i] = (struct init_row){ .obj = cell->obj,
			                                .d = { .field = (u16)cell->field,
			                                       .both = true,
			                                       .first = cell->index,
			                                       .last = cell->index,
			                                       .new = cell->value } };
	}
	free(c->init);
	c->init = all;
	c->n_init += n;
}

static void make_config(struct setup *s)
{
	const struct scope *scope = s->scope;
	struct log_config *c = &s->config;
	int line;

	log_config_init(c, scope->cpus);
	c->machine = c->barriers = c->digests = true;
	c->tlb = scope->tlb;
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
	add_cells(s);
}

/* Where the log goes: @path; NULL: memory, or nowhere if it is not @logged. */
struct log_where {
	bool logged, force;
	const char *path;
};

static int open_log(struct setup *s, const struct log_where *w, struct err *e)
{
	if (w->path)
		return log_create_file(&s->log, &s->config, w->path, w->force, e);
	return w->logged ? log_open_memory(&s->log, &s->config, LOG_BYTES, e)
	                 : log_open_off(&s->log, &s->config, e);
}

static int make_machine(struct setup *s, const struct log_where *w, struct err *e)
{
	struct machine_params p = { .cpus = s->scope->cpus,
		                    .seed = s->scope->seed,
		                    .policy = { .kind = WAIT_YIELD, .cores = 1 },
		                    .errata = s->scope->errata,
		                    .tlb = s->scope->tlb,
		                    .fixed = s->scope->pages ? &s->fixed : NULL };
	int rc = open_log(s, w, e);

	if (rc == 0)
		rc = machine_create(&s->m, &p, s->log, e);
	if (rc < 0)
		return rc;
	s->keyed = s->m->model;
	if (feeds(s->scope)) {
		s->m->model.arg = s;
		s->m->model.doracle = data_value_of;
		s->m->model.core_doracle = core_value_of;
	}
	machine_begin_episode(s->m);
	return 0;
}

/* One call comes after the other: who waits, waits for a lock that a call before it has kept, and leaves. */
static void nobody_gives_up(struct cpu *c, lk_t lk, u32 ticket)
{
	struct machine *m = c->control_arg;

	(void)lk;
	(void)ticket;
	flag_set(&m->stop);
}

static void note_nothing(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	(void)c;
	(void)o;
	(void)field;
	(void)first;
	(void)n;
}

static const struct control_ops setup_control = { .await = nobody_gives_up, .note = note_nothing };

/* An error that a call before concurrent, or an expectation of one, is to blame for. */
static PRINTF(5, 6) int at(const struct setup *s, u64 line, u64 column, struct err *e,
                           const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_USAGE, "%s:%llu:%llu: %s", s->scope->name, (unsigned long long)line,
	               (unsigned long long)column, text);
}

static int judge_call(const struct setup *s, u32 i, struct err *e)
{
	const struct scope_call *call = &s->scope->before.v[i];
	const struct called *c = &s->before[i];
	char got[160];

	if (c->did.outcome == OUT_STOPPED)
		return at(s, call->line, call->column, e,
		          "%s: waits for a lock that a call before it has kept", call->text);
	for (u32 k = 0; k < call->n_expects; k++) {
		const struct scope_expect *x = &call->expect[k];

		if (!scope_expect_holds(x, &c->did))
			return at(s, x->line, x->column, e, "expected %s, got %s", x->text,
			          called_print(c, got, sizeof(got)));
	}
	if (c->did.outcome != OUT_OK)
		return at(s, call->line, call->column, e,
		          "%s: %s, so there is nothing to explore behind it", call->text,
		          called_print(c, got, sizeof(got)));
	return 0;
}

static int make_calls(struct setup *s, struct err *e)
{
	const struct scope *scope = s->scope;
	bool open[EXPLORE_CPUS] = { false };
	const struct scope_call *opens[EXPLORE_CPUS] = { NULL };

	s->before = xcalloc(scope->before.n + 1, sizeof(*s->before));
	s->left = xcalloc(scope->before.n + 1, sizeof(*s->left));
	for (u32 i = 0; i < scope->before.n; i++) {
		const struct scope_call *call = &scope->before.v[i];
		int rc;

		s->runs = call->cpu;
		setup_call(s, call, SCOPE_BEFORE, i);
		s->m->cpu[call->cpu].control = &setup_control;
		s->m->cpu[call->cpu].control_arg = s->m;
		if (!open[call->cpu])
			opens[call->cpu] = call;
		calls_make(&s->m->cpu[call->cpu], call, &open[call->cpu], NULL, &s->before[i]);
		s->m->cpu[call->cpu].control = NULL;
		if (log_on(log_writer(s->log, call->cpu)))
			s->left[i] = explore_judge_here(s->log, call->cpu);
		rc = judge_call(s, i, e);
		if (rc < 0)
			return rc;
	}
	feed_by_number(s, SCOPE_BEFORE, scope->before.n);
	s->fed_before = s->fed.n;
	for (u32 i = 0; i < scope->cpus; i++)
		if (open[i])
			return at(s, opens[i]->line, opens[i]->column, e,
			          "%s: CPU %u still holds a lock at concurrent", opens[i]->text, i);
	return 0;
}

static bool nobody_calls(const struct scope *s)
{
	for (u32 i = 0; i < s->cpus; i++)
		if (s->program[i].n)
			return false;
	return true;
}

static int make(struct setup **out, const struct scope *scope, const struct log_where *w,
                struct err *e)
{
	struct setup *s;
	int rc;

	if (scope->cpus > EXPLORE_CPUS)
		return err_set(e, ERR_USAGE, "%s: %u CPUs, explored are at most %d", scope->name,
		               scope->cpus, EXPLORE_CPUS);
	s = xcalloc(1, sizeof(*s));
	s->scope = scope;
	make_config(s);
	rc = make_machine(s, w, e);
	if (rc == 0)
		rc = make_calls(s, e);
	if (rc == 0 && nobody_calls(scope))
		rc = at(s, scope->concurrent_line, scope->concurrent_column, e,
		        "no CPU makes a call in concurrent, so there is nothing to explore");
	if (rc < 0) {
		setup_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

int setup_new(struct setup **out, const struct scope *scope, bool logged, struct err *e)
{
	return make(out, scope, &(struct log_where){ .logged = logged }, e);
}

int setup_new_file(struct setup **out, const struct scope *scope, const char *path, bool force,
                   struct err *e)
{
	return make(out, scope, &(struct log_where){ .path = path, .force = force }, e);
}

int setup_close(struct setup *s, struct err *e)
{
	machine_end_episode(s->m);
	return log_close(s->log, true, e);
}

void setup_free(struct setup *s)
{
	if (!s)
		return;
	machine_free(s->m);
	log_free(s->log);
	log_config_free(&s->config);
	free(s->before);
	free(s->left);
	free(s->fed.v);
	free(s);
}
