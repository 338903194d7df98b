// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/record.h"

#include "cpu/say.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/exec/read.h"
#include "sim/exec/record_start.h"
#include "sim/exec/scope.h"
#include "sim/exec/seen.h"
#include "sim/machine/prim.h"
#include "sim/machine/stuck_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct record
 * @script_m, @env: the script's machine and its environment; @booted: it has memory
 * @how:     the state of the call that is made
 * @rows:    [n] what the script has set before its machine's first call
 * @m, @log, @start: of the log that is open; NULL: none is
 * @number:  of it, from 1 on
 * @errata:  the sides that its CPUs follow
 * @begun:   it has an episode of the script's machine
 * @open:    a bit for each CPU whose calls have left it with a lock: its operation goes on
 * @in_gap:  the episode has ended; @gap: since when and why, to be told
 */
struct record {
	const struct exec_record *o;
	struct machine *script_m;
	struct env *env;
	struct record_state how;
	bool booted;
	struct start_rows rows;
	struct seen seen;
	struct machine *m;
	struct log *log;
	struct record_start *start;
	struct exec_part part;
	struct errata errata;
	u32 number;
	bool begun, in_gap;
	u64 open;
	struct exec_gap gap;
};

struct record *record_new(const struct exec_record *o)
{
	struct record *r = o ? xcalloc(1, sizeof(*r)) : NULL;

	if (r)
		r->o = o;
	return r;
}

static void drop_log(struct record *r)
{
	machine_free(r->m);
	log_free(r->log);
	start_free(r->start);
	r->m = NULL;
	r->log = NULL;
	r->start = NULL;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	drop_log(r);
	vec_free(&r->rows);
	seen_free(&r->seen);
	free(r);
}

/* The CPU of the call, of the script's machine. */
static struct cpu *script_cpu(const struct record *r)
{
	return &r->script_m->cpu[r->how.cpu];
}

/* No call of the machine is to come: a CPU that holds a lock was left there by the script. */
static void end_episode(struct record *r)
{
	if (!r->begun)
		return;
	for (u32 i = 0; i < r->m->params.cpus; i++) {
		struct cpu *c = &r->m->cpu[i];

		if (r->open >> i & 1 && !c->panicked)
			log_mark(c->log, MARK_STOPPED, 0, NULL);
	}
	machine_end_episode(r->m);
	r->begun = false;
}

static void tell_gap(struct record *r)
{
	const struct exec_record *o = r->o;

	if (r->in_gap && r->gap.calls && o->gap)
		o->gap(o->arg, &r->gap);
	r->in_gap = false;
}

/* The call is not in the log, nor is anything until there is another machine.  @why, printf-like. */
static PRINTF(2, 3) void gap(struct record *r, const char *why, ...)
{
	va_list ap;

	r->gap = (struct exec_gap){ .line = r->how.line, .calls = 1 };
	va_start(ap, why);
	vsnprintf(r->gap.why, sizeof(r->gap.why), why, ap);
	va_end(ap);
	end_episode(r);
	r->in_gap = true;
}

void record_machine(struct record *r, struct machine *m, struct env *env, bool booted)
{
	if (!r)
		return;
	tell_gap(r);
	end_episode(r);
	r->script_m = m;
	r->env = env;
	r->booted = booted;
	r->rows.n = 0;
}

void record_cell(struct record *r, u32 obj, u32 field, u64 index, u64 value)
{
	if (r && !r->begun)
		vec_push(&r->rows, ((struct init_row){ .obj = obj,
		                                       .d = { .field = (u16)field,
		                                              .both = true,
		                                              .first = index,
		                                              .last = index,
		                                              .new = value } }));
}

void record_before(struct record *r, const struct record_state *how)
{
	if (!r || r->in_gap)
		return;
	r->how = *how;
	seen_take(&r->seen, r->script_m, r->env, how->cpu);
}

static int close_log(struct record *r, struct err *e)
{
	const struct exec_record *o = r->o;
	int rc = 0, told = 0;

	if (!r->log)
		return 0;
	r->part.m = r->m;
	r->part.failed = log_close(r->log, true, e) < 0;
	if (r->part.failed)
		rc = -(int)e->code;
	if (o->ended)
		told = o->ended(o->arg, &r->part, r->part.failed ? &(struct err){ 0 } : e);
	drop_log(r);
	return rc < 0 ? rc : told;
}

static int open_log(struct record *r, struct record_start *start, struct err *e)
{
	const struct exec_record *o = r->o;
	struct machine_params p = r->script_m->params;
	int rc;

	r->number++;
	r->start = start;
	r->part = (struct exec_part){ .number = r->number };
	if (o->path && r->number > 1)
		snprintf(r->part.path, sizeof(r->part.path), "%s.%u", o->path, r->number);
	else if (o->path)
		snprintf(r->part.path, sizeof(r->part.path), "%s", o->path);
	rc = o->path ? log_create_file(&r->log, &start->config, r->part.path, o->force, e)
	             : log_open_memory(&r->log, &start->config, o->memory_bytes, e);
	if (rc < 0)
		return rc;
	r->part.log = r->log;
	r->part.config = &start->config;
	p.errata = start->config.errata;
	p.model = &r->script_m->model;
	p.fixed = &r->seen.fixed;
	rc = machine_create(&r->m, &p, r->log, e);
	if (rc == 0 && o->begun)
		rc = o->begun(o->arg, &r->part, e);
	return rc;
}

/* Contexts that are not as the log says, told by the CPU of the call. */
static void tell_ctxts(struct record *r, struct cpu *c)
{
	for (u32 id = 0; id < N_VMID * c->vcpu_per_vm; id++) {
		if (memcmp(&r->m->shadow_ctxts[id], &r->seen.ctxts[id], sizeof(struct ctxt)) == 0)
			continue;
		r->m->shadow_ctxts[id] = r->seen.ctxts[id];
		say_touch(c, id, REG_ALL_BLOCKS);
		say_touched(c);
	}
}

/* The first call of a machine: another episode, or another log. */
static int begin(struct record *r, bool top, struct err *e)
{
	struct record_start *start =
		start_new(r->script_m, &r->how.errata, script_cpu(r)->tlbs != NULL, &r->rows,
	                  &r->seen.fixed, r->booted && top && !seen_ctxts_differ(&r->seen, NULL));
	int rc = 0;

	if (r->log && start_same(r->start, start)) {
		start_free(start);
		machine_reset(r->m);
		r->m->shared.fixed = r->seen.fixed;
	} else {
		rc = close_log(r, e);
		if (rc == 0)
			rc = open_log(r, start, e);
		else
			start_free(start);
		if (rc < 0)
			return rc;
	}
	/* What the script feeds belongs to its machine. */
	r->m->model.arg = r->script_m->model.arg;
	machine_begin_episode(r->m);
	r->begun = true;
	r->errata = r->start->config.errata;
	r->open = 0;
	r->part.episodes++;
	return 0;
}

/* What no call has changed and is another now; NULL: nothing. */
static const char *set_since(const struct record *r, char *buf, size_t size)
{
	const char *what = seen_differs(&r->seen, r->begun ? r->m : NULL, r->how.cpu, buf, size);

	if (what || !r->begun)
		return what;
	/* Only a script's own primitives may set a saved context, with the VM's lock (X6). */
	if (r->start->config.fixed.region_cnt && seen_ctxts_differ(&r->seen, r->m))
		return "a saved context";
	return NULL;
}

/* Why the call cannot be in the log; NULL: it can. */
static const char *cannot(const struct record *r, const struct prim *p, bool top)
{
	if (r->seen.halted)
		return "the machine has halted";
	if (r->how.weak)
		return "'weak' is no machine's";
	if (errata_published(&r->how.errata, ERRATUM_LOCK_NUMBERING))
		return "with lock-numbering published a section's lock is another object's";
	if (errata_published(&r->how.errata, ERRATUM_TICKET_LOG))
		return "with ticket-log published no section has a log";
	if (read_needs_env(p))
		return "a primitive of the lower layers, which is only there with a scripted "
		       "environment";
	if (seen_answers(r->env) != r->seen.taken)
		return "the others' steps are the script's";
	if (!r->begun)
		return NULL;
	if (errata_differ(&r->how.errata, &r->errata, ERRATUM_SMMU_HOST_OFFSET))
		return "the host's records have the side of smmu-host-offset that they began with";
	if (errata_differ(&r->how.errata, &r->errata, ERRATUM_TLB_INVALIDATE) &&
	    r->start->config.tlb)
		return "what translation buffers have is of the other side of tlb-invalidate";
	if (r->start->config.tlb != (script_cpu(r)->tlbs != NULL))
		return "translation buffers came or went since the episode's begin";
	if (r->start->config.fixed.region_cnt && !top &&
	    seen_changed(&r->seen, r->script_m, r->how.cpu))
		return "a call below the core's entries and operations, which the episode began "
		       "with";
	return NULL;
}

/* Has the twin come to the same as the script's machine? */
static bool agree(const struct record *r, const struct scope_outcome *did, enum outcome out,
                  u64 value)
{
	if (out != did->outcome || (did->gives && value != did->value))
		return false;
	for (lk_t id = 0; id < ID_END; id++)
		if (r->m->shared.obj[id].digest != r->script_m->shared.obj[id].digest)
			return false;
	return true;
}

/* The script's machine follows other sides now: each CPU says so, since no event orders what they do. */
static void switch_sides(struct record *r)
{
	for (u32 id = 0; id < ERRATUM_NR; id++) {
		const u64 args[] = { id, errata_published(&r->how.errata, id) };

		if (!errata_differ(&r->how.errata, &r->errata, id))
			continue;
		for (u32 i = 0; i < r->m->params.cpus; i++)
			log_mark(r->m->cpu[i].log, MARK_ERRATUM, ARRAY_SIZE(args), args);
	}
	r->errata = r->how.errata;
	for (u32 i = 0; i < r->m->params.cpus; i++)
		r->m->cpu[i].errata = r->errata;
}

static void make_call(struct record *r, struct cpu *c, const struct prim *p, const u64 *args,
                      const struct scope_outcome *did)
{
	const u64 begin_args[] = { 0, r->how.line };
	u64 rule, value;
	char call[256];
	enum outcome out;

	c->regs = r->seen.regs;
	say_touch_regs(c, REG_ALL_BLOCKS);
	c->tlbs = script_cpu(r)->tlbs ? r->m->tlbs : NULL;
	tell_ctxts(r, c);
	if (!(r->open >> c->id & 1))
		log_mark(c->log, MARK_BEGIN, ARRAY_SIZE(begin_args), begin_args);
	r->open |= 1ull << c->id;
	out = prim_run(c, p, args, &value);
	r->part.calls++;
	if (out == OUT_STUCK || (out == OUT_OK && !cpu_held(c)))
		r->open &= ~(1ull << c->id);
	if (out == OUT_OK && !cpu_held(c))
		log_mark(c->log, MARK_END_OP, p->returns, &value);
	if (out == OUT_STUCK) {
		rule = c->stuck.rule;
		log_mark_text(c->log, MARK_STUCK, 1, &rule,
		              stuck_call(&c->stuck, call, sizeof(call)));
	}
	if (!agree(r, did, out, value)) {
		gap(r, "in a run the call comes to something else");
		r->gap.calls = 0;
	}
}

int record_call(struct record *r, const struct prim *p, const u64 *args,
                const struct scope_outcome *did, struct err *e)
{
	struct cpu *c;
	const char *why, *what;
	bool top;
	char buf[32];
	int rc;

	/* What was stuck is taken back. */
	if (!r || did->outcome == OUT_STUCK)
		return 0;
	if (r->in_gap) {
		r->gap.calls++;
		return 0;
	}
	top = start_is_top(p);
	why = cannot(r, p, top);
	what = why ? NULL : set_since(r, buf, sizeof(buf));
	if (what)
		gap(r, "the script has set %s", what);
	else if (why)
		gap(r, "%s", why);
	if (r->in_gap)
		return 0;
	if (!r->begun) {
		rc = begin(r, top, e);
		if (rc < 0)
			return rc;
	}
	switch_sides(r);
	c = &r->m->cpu[r->how.cpu];
	make_call(r, c, p, args, did);
	if (flag_get(&r->log->slots.failed))
		return err_set(e, r->log->slots.error.code, "%s", r->log->slots.error.msg);
	if (flag_get(&r->log->slots.full) && r->o->full)
		r->o->full(r->o->arg, &r->part);
	return 0;
}

int record_end(struct record *r, struct err *e)
{
	int rc = 0;

	if (!r)
		return 0;
	tell_gap(r);
	end_episode(r);
	if (!r->log && r->number == 0) {
		record_before(r, &(struct record_state){ .errata = r->script_m->params.errata });
		rc = begin(r, true, e);
		if (rc == 0)
			end_episode(r);
	}
	return rc < 0 ? rc : close_log(r, e);
}
