// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/run.h"

#include "lock/admit.h"
#include "lock/wait.h"
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/log/write/handover.h"
#include "sim/log/write/supply.h"
#include "sim/machine/stuck_text.h"
#include "sim/machine/surprise.h"
#include "sim/machine/watch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATCH_MS = 10, CYCLE_LOOKS = 5, MAX_GAP_MS = 100 };

enum thread_state { T_RUNS, T_MEETS, T_ENDED };

/**
 * struct thread - one CPU's thread
 * @state: relaxed; the watch reads it
 */
struct thread {
	struct runner *r;
	struct cpu *c;
	pthread_t id;
	u32 state;
	u64 ops;
	enum outcome outcome;
	struct rng rng;
} __attribute__((aligned(CACHE_LINE)));

/**
 * struct runner
 * @done:    no new operations
 * @mutex:   guards the fields below it
 * @alive:   threads that have not ended; @meeting: of these, how many wait for the rest
 * @round:   number of meetings so far
 */
struct runner {
	struct machine *m;
	const struct workload *w;
	const struct run_opts *o;
	struct thread *t; /* [cpus] */
	struct flag done;
	pthread_mutex_t mutex;
	pthread_cond_t met, ended;
	u32 alive, meeting;
	u64 round;
	bool new_episode;
	struct flag wanted; /* somebody waits for the next episode */
	u64 panics, reasons[PANIC_NR];
	struct stall stall;      /* of RUN_STALL */
	u64 deadlocked;          /* bit c; relaxed: set by the watch before it stops the machine */
	struct wait_cycle cycle; /* of RUN_DEADLOCK; the watch's */
};

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

static void set_state(struct thread *t, enum thread_state s)
{
	__atomic_store_n(&t->state, s, __ATOMIC_RELAXED);
}

/* The CPU that halted the machine; NULL: it runs. */
static const struct cpu *who_halted(const struct machine *m)
{
	for (u32 i = 0; i < m->params.cpus; i++)
		if (m->cpu[i].panicked && m->cpu[i].panic.first)
			return &m->cpu[i];
	return NULL;
}

/* An episode is over, and no CPU runs. */
static void count_panic(struct runner *r)
{
	const struct cpu *c = who_halted(r->m);

	if (!c)
		return;
	r->panics++;
	r->reasons[c->panic.reason]++;
}

/* All threads that are left have met, and the mutex is held: do what they met for, let them go. */
static void hold_meeting(struct runner *r)
{
	if (flag_get(&r->m->log->slots.full) && r->o->consume)
		r->o->consume(r->o->arg);
	flag_clear(&r->m->log->slots.full);
	if (r->new_episode && !flag_get(&r->done) && !flag_get(&r->m->stop)) {
		count_panic(r);
		if (r->w->over)
			r->w->over(r->w->arg, r->m);
		machine_end_episode(r->m);
		machine_reset(r->m);
		machine_begin_episode(r->m);
		flag_clear(&r->wanted);
		if (r->w->episode)
			r->w->episode(r->w->arg, r->m);
		for (u32 i = 0; i < r->m->params.cpus; i++)
			r->t[i].rng.s = mix_key(r->m->params.seed, MIX_CHOICE, r->m->episode, i);
	}
	r->new_episode = false;
	r->meeting = 0;
	r->round++;
	pthread_cond_broadcast(&r->met);
}

/* Between two operations: wait until all have come.  @episode: for the next episode. */
static void meet(struct thread *t, bool episode)
{
	struct runner *r = t->r;
	u64 round;

	admit_quit(t->c);
	log_handover_give(t->c->log);
	set_state(t, T_MEETS);
	pthread_mutex_lock(&r->mutex);
	r->new_episode |= episode;
	round = r->round;
	if (++r->meeting == r->alive)
		hold_meeting(r);
	while (r->round == round)
		pthread_cond_wait(&r->met, &r->mutex);
	pthread_mutex_unlock(&r->mutex);
	set_state(t, T_RUNS);
}

static void leave(struct thread *t)
{
	struct runner *r = t->r;

	admit_quit(t->c);
	log_handover_give(t->c->log);
	set_state(t, T_ENDED);
	pthread_mutex_lock(&r->mutex);
	if (--r->alive == r->meeting && r->meeting > 0)
		hold_meeting(r);
	pthread_cond_signal(&r->ended);
	pthread_mutex_unlock(&r->mutex);
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
		meet(t, true);
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
	if (t->outcome == OUT_PANIC && r->w->panics) {
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

	meet(t, false);
	while (!flag_get(&r->done) && !flag_get(&r->m->stop) && t->outcome == OUT_OK) {
		if (r->o->ops && t->ops >= r->o->ops)
			break;
		if (unlikely(flag_get(&r->m->log->slots.full)))
			meet(t, false);
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
	leave(t);
	return NULL;
}

/**
 * struct watch - what the watch remembers from look to look
 * @looked_ns: when it looked last; @watched_ns: how long it has watched.  What passes between two looks counts up to
 *         MAX_GAP_MS: a process that was stopped, or a host that had no time for the watch, is no stall
 * @round: meetings so far, now and at the last look that asked: who has met has moved, however long it took
 */
struct watch {
	u64 start_ns, looked_ns, watched_ns;
	u64 round, round_then;
	u64 progress[MAX_CPU];
	u64 moved_ms[MAX_CPU];
	struct wait_cycle cycle;
	u32 same;
};

/* Sleepers look again, and see why; not while a meeting resets the machine.  @stop: the machine is stopped first. */
static void watch_wake(struct runner *r, bool stop)
{
	pthread_mutex_lock(&r->mutex);
	if (stop)
		machine_stop(r->m);
	else
		locks_wake_all(&r->m->locks);
	pthread_mutex_unlock(&r->mutex);
}

static void watch_deadlock(struct runner *r, struct watch *w, struct run_result *out)
{
	struct wait_cycle now = { 0 };

	if (!watch_cycle(r->m, &now)) {
		w->same = 0;
		return;
	}
	w->same = now.mask == w->cycle.mask && now.waits == w->cycle.waits ? w->same + 1 : 0;
	w->cycle = now;
	if (w->same < CYCLE_LOOKS)
		return;
	out->end = RUN_DEADLOCK;
	r->cycle = now;
	wait_cycle_print(&now, out->text, sizeof(out->text));
	pub_store(&r->deadlocked, now.mask);
	watch_wake(r, true);
}

static void watch_stall(struct runner *r, struct watch *w, struct run_result *out)
{
	u64 now_ms = w->watched_ns / 1000000;

	for (u32 i = 0; i < r->m->params.cpus; i++) {
		const struct cpu *c = &r->m->cpu[i];
		u64 progress = pub_load(&c->pub.progress), waits = pub_load(&c->pub.waits);

		if (progress != w->progress[i] || w->round != w->round_then ||
		    __atomic_load_n(&r->t[i].state, __ATOMIC_RELAXED) != T_RUNS) {
			w->progress[i] = progress;
			w->moved_ms[i] = now_ms;
		} else if (now_ms - w->moved_ms[i] >= r->o->stall_ms) {
			out->end = RUN_STALL;
			stall_look(r->m, i, r->o->stall_ms, &r->stall);
			snprintf(out->text, sizeof(out->text),
			         "cpu %u has not moved for %llu ms; it waits for %s", i,
			         (unsigned long long)r->o->stall_ms,
			         waits ? "flat memory" : "no lock");
			if (waits && waits_lock(waits) != FLATMEM_ID)
				snprintf(out->text, sizeof(out->text),
				         "cpu %u has not moved for %llu ms; it waits for lock "
				         "%llu, which nobody holds or gives up",
				         i, (unsigned long long)r->o->stall_ms,
				         (unsigned long long)waits_lock(waits));
			watch_wake(r, true);
			return;
		}
	}
	w->round_then = w->round;
}

/* One look; returns when there is nothing more to say. */
static void watch_once(struct runner *r, struct watch *w, struct run_result *out)
{
	u64 now_ns = clock_ns(), now_ms = (now_ns - w->start_ns) / 1000000;
	int interrupts = r->o->interrupts ? __atomic_load_n(r->o->interrupts, __ATOMIC_RELAXED) : 0;

	w->watched_ns += min_u64(now_ns - w->looked_ns, MAX_GAP_MS * 1000000ull);
	w->looked_ns = now_ns;
	if (r->o->duration_ms && now_ms >= r->o->duration_ms)
		flag_set(&r->done);
	if (interrupts > 0) {
		if (out->end == RUN_DONE)
			out->end = RUN_INTERRUPTED;
		flag_set(&r->done);
	}
	if (flag_get(&r->m->log->slots.failed)) {
		out->end = RUN_LOG_FAILED;
		flag_set(&r->done);
	}
	if (r->o->found && flag_get(r->o->found) && out->end == RUN_DONE) {
		out->end = RUN_FOUND;
		watch_wake(r, true);
	}
	if (interrupts > 1 || flag_get(&r->m->stop) || (flag_get(&r->m->halt) && !r->w->panics)) {
		watch_wake(r, true);
	} else if (flag_get(&r->m->halt)) {
		watch_wake(r, false);
	} else {
		watch_deadlock(r, w, out);
		if (out->end != RUN_DEADLOCK)
			watch_stall(r, w, out);
	}
	if (r->o->progress) {
		u64 ops = 0;

		for (u32 i = 0; i < r->m->params.cpus; i++)
			ops += pub_load(&r->m->cpu[i].pub.progress);
		r->o->progress(r->o->arg, now_ms, ops);
	}
}

static void watch_until_ended(struct runner *r, struct run_result *out)
{
	u64 start = clock_ns();
	struct watch w = { .start_ns = start, .looked_ns = start };

	pthread_mutex_lock(&r->mutex);
	while (r->alive > 0) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WATCH_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&r->ended, &r->mutex, &until);
		if (r->alive == 0)
			break;
		w.round = r->round;
		pthread_mutex_unlock(&r->mutex);
		watch_once(r, &w, out);
		pthread_mutex_lock(&r->mutex);
	}
	pthread_mutex_unlock(&r->mutex);
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
				hold_meeting(r);
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
	const struct cpu *halted = who_halted(r->m);

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
	count_panic(r);
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
