// SPDX-License-Identifier: GPL-2.0-only
#include "sim/rerun/rerun.h"

#include "cpu/op.h"
#include "cpu/say.h"
#include "oracle/data.h"
#include "sim/base/check.h"
#include "sim/hyp/api.h"
#include "sim/hyp/user.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/read/replay.h"
#include "sim/log/stuck_rule.h"
#include "sim/machine/stuck_text.h"
#include "sim/rerun/rerun_types.h"

#include <stdlib.h>
#include <string.h>

/* What the CPUs have written is forgotten when it is so much. */
enum { LOG_BYTES = 64 << 20 };

/* Arguments of the mark ENTER. */
enum { SAID_ENTRY, SAID_WHAT, SAID_X = 4 };

/* ---- what a CPU does ---- */

/* An access, or an entry, below cpu_call(). */
struct call {
	const struct event *e;
};

/* Registers as they were when the core was entered: the mark's, and those that the mark behind it says. */
static void load_registers(struct cpu *c, const struct event *enter, const struct event *regs)
{
	const struct entry_args *a = entry_args(enter->args[SAID_ENTRY]);

	if (a->what_is_x0)
		c->regs.r[R_x0] = enter->args[SAID_WHAT];
	for (u32 i = SAID_X; i < enter->n && i - SAID_X < a->n; i++)
		c->regs.r[a->reg[i - SAID_X]] = enter->args[i];
	for (u32 i = 1; regs && i + 1 < regs->n; i += 2)
		if (regs->args[i] < REG_NR)
			c->regs.r[regs->args[i]] = regs->args[i + 1];
}

static void enter(struct cpu *c, void *arg)
{
	const struct event *e = ((struct call *)arg)->e;

	switch (e->args[SAID_ENTRY]) {
	case MV_ENTRY_HVC:
		host_hvc_handler(c);
		return;
	case MV_ENTRY_FAULT:
		host_npt_handler(c);
		return;
	case MV_ENTRY_RUN:
		host_vcpu_run_handler(c);
		return;
	case MV_ENTRY_EXIT:
		vm_exit_handler(c);
		return;
	default:
		return;
	}
}

static void make_access(struct cpu *c, void *arg)
{
	const struct event *e = ((struct call *)arg)->e;
	enum access_kind kind = op_is_load(e->arg) ? ACCESS_LOAD : ACCESS_STORE;
	u64 a[OP_ARGS] = { 0 };

	for (u32 i = 0; i < op_n_args(e->arg) && i + 1 < e->n; i++)
		a[i] = e->args[1 + i];
	switch (e->arg) {
	case OP_mem_load:
	case OP_mem_store:
		(void)mem_access(c, kind, a[0], (u32)a[1]);
		return;
	case OP_dev_load:
	case OP_dev_store:
		(void)dev_access(c, kind, a[0], (u32)a[1], (u32)a[2], (u32)a[3]);
		return;
	case OP_dma_load:
		(void)dma_access(c, kind, a[0], 0, (u32)a[1], (u32)a[2]);
		return;
	case OP_dma_store:
		(void)dma_access(c, kind, a[0], a[1], (u32)a[2], (u32)a[3]);
		return;
	default:
		return;
	}
}

/* Returns false where the CPU does nothing more in this episode. */
static bool call(struct rerun *r, struct cpu *c, void (*fn)(struct cpu *c, void *arg),
                 const struct event *e)
{
	struct call arg = { e };
	enum outcome out;
	u64 rule;
	char text[256];

	r->cpu[c->id].leaves = false;
	out = cpu_call(c, fn, &arg);
	rule = c->stuck.rule;
	if (out == OUT_STUCK)
		log_mark_text(c->log, MARK_STUCK, 1, &rule,
		              stuck_call(&c->stuck, text, sizeof(text)));
	return rerun_compare(r, c->id) && (out == OUT_OK || (out == OUT_PANIC && c->panicked));
}

/* The event behind the entry, if it says what registers hold as it begins. */
static const struct event *registers_behind(const struct recorded_cpu *rec, u32 at)
{
	return at + 1 < rec->event.n && rec->event.v[at + 1].kind == MARK_REGS
	               ? &rec->event.v[at + 1]
	               : NULL;
}

/* What the CPU does next, by event number @at of its stream; false: nothing more. */
static bool next(struct rerun *r, struct cpu *c, u32 at)
{
	const struct recorded_cpu *rec = &r->rec->cpu[c->id];
	const struct event *e = &rec->event.v[at];

	switch (e->kind) {
	case MARK_BEGIN:
	case MARK_END_OP:
		log_mark(c->log, e->kind, e->n, e->args);
		return rerun_compare(r, c->id);
	case MARK_ENTER:
		/* What a killed CPU's registers held is said behind it, or nowhere. */
		if (!rec->ends && at + 1 == rec->event.n)
			return false;
		load_registers(c, e, registers_behind(rec, at));
		r->out->entries++;
		return call(r, c, enter, e);
	case MARK_OP:
		return call(r, c, make_access, e);
	default:
		rerun_differs(r, c->id, "is between two operations");
		return false;
	}
}

/* What stands between two operations and is said when the next one begins. */
static bool is_between(const struct event *e)
{
	return e->kind == EV_GET_NOW || e->kind == MARK_REGS || e->kind == MARK_CTXT ||
	       e->kind == MARK_MEMORY || e->kind == MARK_BARRIER;
}

static u32 body(void *arg, u32 cpu)
{
	struct rerun *r = arg;
	struct cpu *c = &r->m->cpu[cpu];
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];
	bool goes_on = true;

	while (goes_on && !r->over && !rerun_is_left(r, cpu)) {
		u32 at = r->cpu[cpu].seen;

		while (at < rec->event.n && is_between(&rec->event.v[at]))
			at++;
		goes_on = at < rec->event.n && next(r, c, at);
	}
	r->cpu[cpu].state = RERUN_ENDED;
	return r->cpus;
}

/* ---- home ---- */

static void go_on(struct rerun *r, u32 cpu)
{
	r->runs = cpu;
	vehicle_switch(r->vehicle, r->cpus, cpu);
	/* What was written is compared; nobody is within a record. */
	if (unlikely(flag_get(&r->log->slots.full))) {
		for (u32 i = 0; i < r->cpus; i++)
			(void)rerun_compare(r, i);
		log_rewind(r->log);
	}
}

static bool force_one(struct rerun *r, enum rerun_state state)
{
	for (u32 i = 0; i < r->cpus; i++) {
		const struct rerun_cpu *s = &r->cpu[i];

		if (s->state != state ||
		    (state == RERUN_LOOKS && !r->rec->cpu[i].look.v[s->look].raced))
			continue;
		r->forced = true;
		go_on(r, i);
		r->forced = false;
		return true;
	}
	return false;
}

/*
 * Nobody can go on: what was held back for somebody who cannot come before it was not what he read; else who reads what others are
 * changing reads what is there now.
 */
static bool force(struct rerun *r)
{
	return force_one(r, RERUN_HELD) || force_one(r, RERUN_LOOKS);
}

static void leave_all(struct rerun *r)
{
	for (u32 i = 0; i < r->cpus; i++) {
		if (r->cpu[i].state == RERUN_ENDED)
			continue;
		rerun_differs(r, i, "waits, and nobody can go on");
		r->over = true;
		go_on(r, i);
		SIM_ASSERT(r->cpu[i].state == RERUN_ENDED);
	}
}

static void execute(struct rerun *r)
{
	bool moved = true;

	while (moved && !r->over) {
		moved = false;
		for (u32 i = 0; i < r->cpus && !r->over; i++) {
			if (!rerun_can(r, i))
				continue;
			go_on(r, i);
			moved = true;
		}
		if (!moved && !r->over)
			moved = force(r);
	}
	leave_all(r);
}

/* ---- an episode ---- */

static void begin(struct rerun *r, const struct recorded *rec)
{
	r->rec = rec;
	r->over = r->forced = r->memory_only = r->dry = false;
	memset(r->done, 0, sizeof(r->done));
	for (u32 i = 0; i < ORDERS; i++) {
		r->looks[i] = xcalloc(rec->order[i].n + 1, sizeof(u32));
		for (u32 k = 0; k < rec->order[i].n; k++)
			r->looks[i][k] = rec->order[i].v[k].looks;
	}
	r->contents = replay_new(&r->config, doracle);
	for (u32 i = 0; i < r->cpus; i++) {
		struct rerun_cpu *s = &r->cpu[i];
		struct stream_place place = s->place;
		struct decoder dec = s->dec;

		*s = (struct rerun_cpu){ .place = place, .dec = dec };
	}
	machine_reset(r->m);
	rerun_outside_begin(r);
	rerun_looks_begin(r);
	for (u32 i = 0; i < r->cpus; i++) {
		struct cpu *c = &r->m->cpu[i];

		c->control = &rerun_control;
		c->control_arg = r;
		c->points = POINTS_CONTROLLED;
		c->longer = true;
		c->halt = &r->cpu[i].halt;
		vehicle_begin(r->vehicle, i);
	}
	r->m->episode = rec->number;
	machine_begin_episode(r->m);
}

int rerun_episode(struct rerun *r, const struct recorded *rec, struct rerun_result *out,
                  struct err *e)
{
	*out = (struct rerun_result){ .number = rec->number };
	r->out = out;
	begin(r, rec);
	for (u32 i = 0; i < r->cpus; i++)
		out->cut |= !rec->cpu[i].ends;
	execute(r);
	if (!r->over)
		rerun_compare_end(r);
	for (u32 i = 0; i < r->cpus; i++)
		(void)rerun_compare(r, i);
	log_rewind(r->log);
	for (u32 i = 0; i < ORDERS; i++)
		free(r->looks[i]);
	replay_free(r->contents);
	r->contents = NULL;
	if (flag_get(&r->log->slots.failed))
		return err_set(e, r->log->slots.error.code, "%s", r->log->slots.error.msg);
	return 0;
}

static int make(struct rerun *r, struct err *e)
{
	struct machine_params p = { .cpus = r->cpus,
		                    .start_ticket = r->config.start_ticket,
		                    .start_now = r->config.start_now,
		                    .seed = r->config.seed,
		                    .policy = { .kind = WAIT_YIELD, .cores = 1 },
		                    .errata = r->config.errata,
		                    .fixed = &r->config.fixed };
	int rc = log_open_memory(&r->log, &r->config, LOG_BYTES, e);

	if (rc < 0)
		return rc;
	params_init(&r->keyed, r->config.seed, r->config.total_cpu);
	r->keyed.guest_base = r->config.guest_base;
	r->keyed.guest_span = r->config.guest_span;
	p.model = &r->keyed;
	rc = machine_create(&r->m, &p, r->log, e);
	if (rc < 0)
		return rc;
	for (u32 i = 0; i < r->cpus; i++)
		decoder_init(&r->cpu[i].dec, i, &r->config);
	/* ThreadSanitizer is told of no order among fibers, and the CPUs share what decides their order. */
	return vehicle_new(&r->vehicle, HYPSIM_TSAN ? VEHICLE_PTHREAD : VEHICLE_FIBER, r->cpus,
	                   body, r, e);
}

int rerun_new(struct rerun **out, const struct log_config *config, struct err *e)
{
	struct rerun *r;
	int rc;

	if (!config->machine)
		return err_set(e, ERR_USAGE, "it is no machine's log");
	if (config->tlb)
		return err_set(e, ERR_USAGE,
		               "the CPUs have translation buffers, and a log does not say "
		               "in which order these were used and emptied");
	r = xcalloc(1, sizeof(*r));
	r->config = *config;
	r->config.timestamps = r->config.keep_reads = false;
	r->cpus = config->cpus;
	rc = make(r, e);
	if (rc < 0) {
		rerun_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void rerun_free(struct rerun *r)
{
	if (!r)
		return;
	vehicle_free(r->vehicle);
	for (u32 i = 0; i < r->cpus && r->m; i++)
		decoder_destroy(&r->cpu[i].dec);
	machine_free(r->m);
	log_free(r->log);
	vec_free(&r->given);
	for (u32 lk = 0; lk < ID_END; lk++)
		vec_free(&r->raced[lk]);
	free(r->batch.arena);
	free(r);
}
