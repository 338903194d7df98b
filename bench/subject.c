// SPDX-License-Identifier: GPL-2.0-only
#include "bench/subject.h"

#include "lock/admit.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "sim/base/clock.h"

#include <stdlib.h>
#include <unistd.h>

/* One loop a lock: LOCK, the section, PASS; now and then timed. */
#define LOOP(name, PREPARE, LOCK, PASS)                                                  \
	static void loop_##name(struct bench_run *r, u32 cpu, u64 *n, struct hist *wait) \
	{                                                                                \
		u64 i = 0;                                                               \
                                                                                         \
		PREPARE;                                                                 \
		while (!flag_get(&r->stop)) {                                            \
			if (unlikely(++i % SUBJECT_SAMPLE == 0)) {                       \
				u64 t = clock_ns();                                      \
                                                                                         \
				LOCK;                                                    \
				hist_add(wait, clock_ns() - t);                          \
			} else {                                                         \
				LOCK;                                                    \
			}                                                                \
			section(r, cpu);                                                 \
			PASS;                                                            \
			counted(n, i);                                                   \
		}                                                                        \
	}

static void nothing(struct bench_run *r)
{
	(void)r;
}

static inline u64 word_take(u64 *w)
{
	u64 got = word_inc_ticket(w);
	u32 ticket = word_ticket(got);

	while (unlikely(word_now(got) != ticket)) {
		__builtin_ia32_pause();
		got = word_get_now(w);
	}
	return ticket;
}

LOOP(word, u32 ticket, ticket = (u32)word_take(&r->word), word_inc_now(&r->word, ticket))
LOOP(ticket, (void)0, ck_spinlock_ticket_lock(&r->ticket), ck_spinlock_ticket_unlock(&r->ticket))
LOOP(mcs, ck_spinlock_mcs_context_t node, ck_spinlock_mcs_lock(&r->mcs, &node),
     ck_spinlock_mcs_unlock(&r->mcs, &node))
LOOP(mutex, (void)0, pthread_mutex_lock(&r->mutex), pthread_mutex_unlock(&r->mutex))
LOOP(spin, (void)0, pthread_spin_lock(&r->spin), pthread_spin_unlock(&r->spin))

/* CLH nodes change hands, so none may end with its thread: they are the run's. */
static void loop_clh(struct bench_run *r, u32 cpu, u64 *n, struct hist *wait)
{
	ck_spinlock_clh_t *node = &r->clh_node[cpu].n;
	u64 i = 0;

	while (!flag_get(&r->stop)) {
		u64 t = ++i % SUBJECT_SAMPLE ? 0 : clock_ns();

		ck_spinlock_clh_lock(&r->clh, node);
		if (unlikely(t))
			hist_add(wait, clock_ns() - t);
		section(r, cpu);
		ck_spinlock_clh_unlock(&node);
		counted(n, i);
	}
}

struct machine_loop {
	struct bench_run *r;
	u64 *n;
	struct hist *wait;
};

static void machine_body(struct cpu *c, void *arg)
{
	struct machine_loop *l = arg;
	struct bench_run *r = l->r;
	u64 i = 0;

	while (!flag_get(&r->stop)) {
		if (unlikely(++i % SUBJECT_SAMPLE == 0)) {
			u64 t = clock_ns();

			wait_lock(c, CORE_ID);
			hist_add(l->wait, clock_ns() - t);
			/* Tickets that are out: this CPU's and those of the waiters. */
			u64 word = word_get_now(&c->locks->lock[CORE_ID].word);

			r->section.depth += word_ticket(word) - word_now(word);
			r->section.sampled++;
		} else {
			wait_lock(c, CORE_ID);
		}
		section(r, c->id);
		pass_lock(c, CORE_ID);
		counted(l->n, i);
	}
}

static void loop_machine(struct bench_run *r, u32 cpu, u64 *n, struct hist *wait)
{
	struct machine_loop l = { .r = r, .n = n, .wait = wait };

	cpu_call(&r->machine->cpu[cpu], machine_body, &l);
	admit_quit(&r->machine->cpu[cpu]);
}

static void init_machine(struct bench_run *r)
{
	u32 cores = (u32)sysconf(_SC_NPROCESSORS_ONLN);
	struct machine_params p = { .cpus = r->cpus,
		                    .policy = { .kind = r->subject->wait,
		                                .cores = cores,
		                                .admit = r->subject->admit ? cores : 0,
		                                .admit_runs = WAIT_ADMIT_RUNS } };
	struct err e;

	log_config_init(&r->config, r->cpus);
	if (log_open_off(&r->log, &r->config, &e) < 0 ||
	    machine_create(&r->machine, &p, r->log, &e) < 0)
		exit(3);
}

static void destroy_machine(struct bench_run *r)
{
	machine_free(r->machine);
	log_free(r->log);
	log_config_free(&r->config);
}

static void init_ticket(struct bench_run *r)
{
	ck_spinlock_ticket_init(&r->ticket);
}

static void init_mcs(struct bench_run *r)
{
	ck_spinlock_mcs_init(&r->mcs);
}

static void init_clh(struct bench_run *r)
{
	ck_spinlock_clh_init(&r->clh, &r->clh_first);
}

static void init_mutex(struct bench_run *r)
{
	pthread_mutex_init(&r->mutex, NULL);
}

static void init_spin(struct bench_run *r)
{
	pthread_spin_init(&r->spin, PTHREAD_PROCESS_PRIVATE);
}

const struct subject subjects[] = {
	[SUBJECT_WORD] = { "hypsim word, spin", WAIT_NR, false, nothing, loop_word, nothing },
	[SUBJECT_CK_TICKET] = { "ck ticket", WAIT_NR, false, init_ticket, loop_ticket, nothing },
	{ "hypsim spin", WAIT_SPIN, false, init_machine, loop_machine, destroy_machine },
	{ "hypsim yield", WAIT_YIELD, false, init_machine, loop_machine, destroy_machine },
	{ "hypsim park", WAIT_PARK, false, init_machine, loop_machine, destroy_machine },
	{ "hypsim auto", WAIT_AUTO, false, init_machine, loop_machine, destroy_machine },
	{ "hypsim auto, admit cores", WAIT_AUTO, true, init_machine, loop_machine,
	  destroy_machine },
	{ "ck MCS", WAIT_NR, false, init_mcs, loop_mcs, nothing },
	{ "ck CLH", WAIT_NR, false, init_clh, loop_clh, nothing },
	{ "pthread mutex", WAIT_NR, false, init_mutex, loop_mutex, nothing },
	{ "pthread spinlock", WAIT_NR, false, init_spin, loop_spin, nothing },
};

const u32 n_subjects = ARRAY_SIZE(subjects);
