// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/run.h"

#include "lock/wait.h"
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/log/stuck_slip.h"
#include "sim/log/write/handover.h"
#include "sim/log/write/supply.h"
#include "sim/machine/run_watch.h"
#include "sim/machine/runner.h"
#include "sim/machine/stuck_text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const char *run_end_name(enum run_end end)
{
	static const char *const names[] = {
		[RUN_DONE] = "done",
		[RUN_INTERRUPTED] = "interrupted",
		[RUN_STUCK] = "stuck",
		[RUN_DEADLOCK] = "deadlock",
		[RUN_STALL] = "stall",
		[RUN_PANIC] = "panic",
		[RUN_LOG_FAILED] = "log failed",
		[RUN_FOUND] = "found",
	};

	return names[end];
}

struct call {
	const struct workload *w;
	struct operation op;
};

static void execute(struct cpu *c, void *arg)
{
	struct call *call = arg;

	call->w->execute(c, call->w->arg, &call->op);
}

static void mark_begin(struct cpu *c, const struct operation *op)
{
	u64 args[1 + OP_MAX_ARGS] = { op->kind };

	memcpy(args + 1, op->args, op->n_args * sizeof(u64));
	log_mark(c->log, MARK_BEGIN, 1 + op->n_args, args);
}

/* What the stream says of a call that did not return.  That this CPU has halted the machine was said when it did. */
static void mark_left(struct thread *t)
{
	struct cpu *c = t->c;
	u64 rule = c->stuck.rule;
	char call[256];

	if (t->outcome == OUT_STUCK) {
		log_mark_text(c->log, MARK_STUCK, 1, &rule,
		              stuck_call(&c->stuck, call, sizeof(call)));
	} else if (c->panicked) {
		return;
	} else if (pub_load(&t->r->deadlocked) >> c->id & 1) {
		rule = STUCK_DEADLOCK;
		log_mark_text(c->log, MARK_STUCK, 1, &rule, "");
	} else {
		log_mark(c->log, MARK_STOPPED, 0, NULL);
	}
}

/* Wait for the others and the next machine; @now: this one is used up or has halted, so that they come at once. */
static void next_episode(struct thread *t, bool now)
{
	struct runner *r = t->r;
	u64 episode = r->m->episode;

	if (now)
		flag_set(&r->wanted);
	while (r->m->episode == episode && !flag_get(&r->done) && !flag_get(&r->m->stop))
		runner_meet(t, true);
}

/* Is the call stuck by a slip whose published side the machine follows? */
static bool slipped(const struct cpu *c)
{
	char call[256];
	enum erratum e = stuck_slip(stuck_call(&c->stuck, call, sizeof(call)), c->stuck.rule);

	return e < ERRATUM_NR && errata_published(&c->errata, e);
}

/* Returns whether it was one: false, the machine is used up. */
static bool one_operation(struct thread *t, u64 n)
{
	struct runner *r = t->r;
	struct cpu *c = t->c;
	struct call call = { .w = r->w };
	bool log = log_on(c->log);

	r->w->choose(r->w->arg, c->id, n, &t->rng, &call.op);
	if (call.op.kind == OP_NEW_EPISODE)
		return false;
	if (log)
		mark_begin(c, &call.op);
	t->outcome = cpu_call(c, execute, &call);
	if (r->w->ended)
		r->w->ended(r->w->arg, c, &call.op, t->outcome);
	if (t->outcome == OUT_OK) {
		if (log)
			log_mark(c->log, MARK_END_OP, call.op.result != 0, &call.op.result);
		pub_store(&c->pub.progress, c->pub.progress + 1);
		t->ops++;
		return true;
	}
	if (log)
		mark_left(t);
	if (r->w->panics && (t->outcome == OUT_PANIC || (t->outcome == OUT_STUCK && slipped(c)))) {
		/* Nobody says what a machine does behind a call that is stuck: it is used up, as one that has halted. */
		if (t->outcome == OUT_STUCK)
			flag_set(&r->m->halt);
		t->outcome = OUT_OK;
		t->ops++;
		locks_wake_all(&r->m->locks);
		return true;
	}
	if (t->outcome == OUT_STUCK || t->outcome == OUT_PANIC)
		machine_stop(r->m);
	return true;
}

static void *cpu_main(void *arg)
{
	struct thread *t = arg;
	struct runner *r = t->r;
	u64 in_episode = 0;

	runner_meet(t, false);
	while (!flag_get(&r->done) && !flag_get(&r->m->stop) && t->outcome == OUT_OK) {
		if (r->o->ops && t->ops >= r->o->ops)
			break;
		if (unlikely(flag_get(&r->m->log->slots.full)))
			runner_meet(t, false);
		if (unlikely(log_handover_wanted(t->c->log)))
			log_handover_give(t->c->log);
		bool full = r->o->episode_ops && in_episode == r->o->episode_ops;

		if (full || unlikely(flag_get(&r->wanted)) || unlikely(flag_get(&r->m->halt)) ||
		    !one_operation(t, in_episode)) {
			next_episode(t, !full);
			in_episode = 0;
			continue;
		}
		in_episode++;
	}
	runner_leave(t);
	return NULL;
}

static u64 cpu_time_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

/* Start the threads; those that could not be are not alive. */
static int start_threads(struct runner *r, u32 *started, struct err *e)
{
	u32 cpus = r->m->params.cpus;

	for (u32 i = 0; i < cpus; i++) {
		struct thread *t = &r->t[i];
		int rc;

		*t = (struct thread){ .r = r, .c = &r->m->cpu[i], .state = T_RUNS };
		t->rng.s = mix_key(r->m->params.seed, MIX_CHOICE, r->m->episode, i);
		rc = pthread_create(&t->id, NULL, cpu_main, t);
		if (rc) {
			pthread_mutex_lock(&r->mutex);
			flag_set(&r->done);
			r->alive -= cpus - i;
			if (r->alive == r->meeting && r->meeting > 0)
				runner_hold_meeting(r);
			pthread_mutex_unlock(&r->mutex);
			return err_set(e, ERR_THREAD, "cannot start the thread of CPU %u: %s", i,
			               strerror(rc));
		}
		(*started)++;
	}
	return 0;
}

/* What the threads say when all have ended. */
static void collect(struct runner *r, struct run_result *out)
{
	const struct cpu *halted = runner_who_halted(r->m);

	out->whole = true;
	for (u32 i = 0; i < r->m->params.cpus; i++) {
		const struct thread *t = &r->t[i];

		out->cpu_ops[i] = t->ops;
		out->ops += t->ops;
		out->whole &= t->outcome == OUT_OK;
		if (t->outcome == OUT_STUCK && out->end != RUN_STUCK) {
			out->end = RUN_STUCK;
			out->cpu = i;
		} else if (t->outcome == OUT_PANIC && out->end != RUN_STUCK) {
			SIM_ASSERT(halted);
			out->end = RUN_PANIC;
			out->cpu = halted->id;
		}
	}
	runner_count_panic(r);
	out->episodes = r->m->episode + 1;
	out->panics = r->panics;
	memcpy(out->reasons, r->reasons, sizeof(out->reasons));
	if (flag_get(&r->m->log->slots.failed) && out->end == RUN_DONE)
		out->end = RUN_LOG_FAILED;
}

int machine_run(struct machine *m, const struct workload *w, const struct run_opts *o,
                struct run_result *out, struct err *e)
{
	struct runner r = { .m = m, .w = w, .o = o, .alive = m->params.cpus };
	u64 start = clock_ns(), cpu_start = cpu_time_ns();
	u32 started = 0;
	int rc;

	*out = (struct run_result){ .end = RUN_DONE };
	if (posix_memalign((void **)&r.t, CACHE_LINE, m->params.cpus * sizeof(*r.t)) != 0)
		return err_set(e, ERR_MEMORY, "no memory for %u threads", m->params.cpus);
	memset(r.t, 0, m->params.cpus * sizeof(*r.t));
	pthread_mutex_init(&r.mutex, NULL);
	pthread_cond_init(&r.met, NULL);
	pthread_cond_init(&r.ended, NULL);
	log_supply_start(&m->log->supply);
	machine_begin_episode(m);
	rc = start_threads(&r, &started, e);
	watch_until_ended(&r, out);
	for (u32 i = 0; i < started; i++)
		pthread_join(r.t[i].id, NULL);
	log_supply_stop(&m->log->supply);
	out->elapsed_ns = clock_ns() - start;
	out->cpu_ns = cpu_time_ns() - cpu_start;
	if (rc == 0) {
		collect(&r, out);
		if (out->end == RUN_STALL)
			stall_say(m, &r.stall);
		if (r.cycle.n)
			deadlock_say(m, &r.cycle);
		if (out->end != RUN_LOG_FAILED)
			machine_end_episode(m);
	}
	pthread_cond_destroy(&r.met);
	pthread_cond_destroy(&r.ended);
	pthread_mutex_destroy(&r.mutex);
	free(r.t);
	return rc;
}
