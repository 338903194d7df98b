// SPDX-License-Identifier: GPL-2.0-only
#include "bench/subject.h"

#include "lock/admit.h"
#include "lock/wait.h"
#include "lock/word.h"

#include <stdlib.h>
#include <unistd.h>

/* CPUs between two looks of a ticket lock with backoff: each that stands before doubles it so often. */
enum { BACKOFF_SHIFT = 5 };

/* Two loops a lock, each LOCK, the section, PASS: one that is timed now and then, and one with stamps. */
#define LOOP(name, PREPARE, LOCK, PASS)                                       \
	static void loop_##name(struct bench_worker *w)                       \
	{                                                                     \
		PREPARE;                                                      \
		while (!flag_get(&w->run->stop)) {                            \
			struct bench_place *p = bench_pick(w);                \
                                                                              \
			if (unlikely(w->n % SUBJECT_SAMPLE == 0)) {           \
				u64 t = clock_ns();                           \
                                                                              \
				LOCK;                                         \
				hist_add(&w->wait, clock_ns() - t);           \
			} else {                                              \
				LOCK;                                         \
			}                                                     \
			bench_inside(w, p);                                   \
			PASS;                                                 \
			bench_outside(w);                                     \
		}                                                             \
	}                                                                     \
                                                                              \
	static void stamped_##name(struct bench_worker *w)                    \
	{                                                                     \
		PREPARE;                                                      \
		while (!flag_get(&w->run->stop)) {                            \
			struct bench_place *p = bench_pick(w);                \
			struct stamps *s = &p->section.stamps;                \
			u64 asked = clock_ns();                               \
                                                                              \
			LOCK;                                                 \
			stamps_enter(s, &w->seen, w->cpu, asked, clock_ns()); \
			bench_inside(w, p);                                   \
			stamps_leave(s, &w->seen, w->cpu, clock_ns());        \
			PASS;                                                 \
			bench_outside(w);                                     \
		}                                                             \
	}

static void nothing(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	(void)p;
}

static inline u64 word_take(u64 *word)
{
	u64 got = word_inc_ticket(word);
	u32 ticket = word_ticket(got);

	while (unlikely(word_now(got) != ticket)) {
		__builtin_ia32_pause();
		got = word_get_now(word);
	}
	return ticket;
}

static inline void cohort_lock(struct bench_place *p, u32 cpu)
{
	CK_COHORT_LOCK(bench, &p->cohort[cpu % COHORTS], NULL, NULL);
}

static inline void cohort_unlock(struct bench_place *p, u32 cpu)
{
	CK_COHORT_UNLOCK(bench, &p->cohort[cpu % COHORTS], NULL, NULL);
}

LOOP(word, u32 ticket, ticket = (u32)word_take(&p->word), word_inc_now(&p->word, ticket))
LOOP(ticket, (void)0, ck_spinlock_ticket_lock(&p->ticket), ck_spinlock_ticket_unlock(&p->ticket))
LOOP(backoff, (void)0, ck_spinlock_ticket_lock_pb(&p->ticket, BACKOFF_SHIFT),
     ck_spinlock_ticket_unlock(&p->ticket))
LOOP(mcs, ck_spinlock_mcs_context_t node, ck_spinlock_mcs_lock(&p->mcs, &node),
     ck_spinlock_mcs_unlock(&p->mcs, &node))
LOOP(clh, (void)0, ck_spinlock_clh_lock(&p->clh, w->node), ck_spinlock_clh_unlock(&w->node))
LOOP(anderson, ck_spinlock_anderson_thread_t *slot, ck_spinlock_anderson_lock(&p->anderson, &slot),
     ck_spinlock_anderson_unlock(&p->anderson, slot))
LOOP(fas, (void)0, ck_spinlock_fas_lock(&p->fas), ck_spinlock_fas_unlock(&p->fas))
LOOP(dec, (void)0, ck_spinlock_dec_lock(&p->dec), ck_spinlock_dec_unlock(&p->dec))
LOOP(cohort, (void)0, cohort_lock(p, w->cpu), cohort_unlock(p, w->cpu))
LOOP(mutex, (void)0, pthread_mutex_lock(&p->mutex), pthread_mutex_unlock(&p->mutex))
LOOP(spin, (void)0, pthread_spin_lock(&p->spin), pthread_spin_unlock(&p->spin))
LOOP(own, const struct hypsim_bench_lock *own = w->run->subject->own, own->acquire(p->own, w->cpu),
     own->release(p->own, w->cpu))

/* Of one acquisition of SUBJECT_SAMPLE: how long it took, and how many stood at the lock then. */
static void sampled(struct bench_worker *w, struct bench_section *s, struct cpu *c, lk_t lk)
{
	u64 t = clock_ns(), word;

	wait_lock(c, lk);
	hist_add(&w->wait, clock_ns() - t);
	/* Tickets that are out: this CPU's and those of the waiters. */
	word = word_get_now(&c->locks->lock[lk].word);
	s->depth += word_ticket(word) - word_now(word);
	s->sampled++;
}

static void machine_body(struct cpu *c, void *arg)
{
	struct bench_worker *w = arg;

	while (!flag_get(&w->run->stop)) {
		struct bench_place *p = bench_pick(w);
		lk_t lk = CORE_ID + p->index;

		if (unlikely(w->n % SUBJECT_SAMPLE == 0))
			sampled(w, &p->section, c, lk);
		else
			wait_lock(c, lk);
		bench_inside(w, p);
		pass_lock(c, lk);
		bench_outside(w);
	}
}

static void stamped_body(struct cpu *c, void *arg)
{
	struct bench_worker *w = arg;

	while (!flag_get(&w->run->stop)) {
		struct bench_place *p = bench_pick(w);
		struct stamps *s = &p->section.stamps;
		lk_t lk = CORE_ID + p->index;
		u64 asked = clock_ns();

		wait_lock(c, lk);
		stamps_enter(s, &w->seen, w->cpu, asked, clock_ns());
		bench_inside(w, p);
		stamps_leave(s, &w->seen, w->cpu, clock_ns());
		pass_lock(c, lk);
		bench_outside(w);
	}
}

static void on_machine(struct bench_worker *w, void (*body)(struct cpu *c, void *arg))
{
	struct cpu *c = &w->run->machine->cpu[w->cpu];

	cpu_call(c, body, w);
	admit_quit(c);
}

static void loop_machine(struct bench_worker *w)
{
	on_machine(w, machine_body);
}

static void stamped_machine(struct bench_worker *w)
{
	on_machine(w, stamped_body);
}

/* All places are locks of one machine. */
static void init_machine(struct bench_run *r, struct bench_place *p)
{
	u32 cores = (u32)sysconf(_SC_NPROCESSORS_ONLN);
	struct machine_params m = { .cpus = r->cpus,
		                    .policy = { .kind = r->subject->wait,
		                                .cores = cores,
		                                .admit = r->subject->admit ? cores : 0,
		                                .admit_runs = WAIT_ADMIT_RUNS } };
	struct err e;

	if (p->index > 0)
		return;
	log_config_init(&r->config, r->cpus);
	if (log_open_off(&r->log, &r->config, &e) < 0 ||
	    machine_create(&r->machine, &m, r->log, &e) < 0)
		exit(3);
}

static void destroy_machine(struct bench_run *r, struct bench_place *p)
{
	if (p->index > 0)
		return;
	machine_free(r->machine);
	log_free(r->log);
	log_config_free(&r->config);
}

static void init_ticket(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_ticket_init(&p->ticket);
}

static void init_mcs(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_mcs_init(&p->mcs);
}

static void init_clh(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_clh_init(&p->clh, &p->clh_first);
}

static void init_anderson(struct bench_run *r, struct bench_place *p)
{
	ck_spinlock_anderson_init(&p->anderson, p->anderson_slot, r->cpus);
}

static void init_fas(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_fas_init(&p->fas);
}

static void init_dec(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_dec_init(&p->dec);
}

static void init_cohort(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	ck_spinlock_ticket_init(&p->ticket);
	for (u32 i = 0; i < COHORTS; i++) {
		ck_spinlock_ticket_init(&p->local[i]);
		CK_COHORT_INIT(bench, &p->cohort[i], &p->ticket, &p->local[i],
		               CK_COHORT_DEFAULT_LOCAL_PASS_LIMIT);
	}
}

static void init_mutex(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	pthread_mutex_init(&p->mutex, NULL);
}

static void init_adaptive(struct bench_run *r, struct bench_place *p)
{
	pthread_mutexattr_t a;

	(void)r;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(&p->mutex, &a);
	pthread_mutexattr_destroy(&a);
}

static void destroy_mutex(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	pthread_mutex_destroy(&p->mutex);
}

static void init_spin(struct bench_run *r, struct bench_place *p)
{
	(void)r;
	pthread_spin_init(&p->spin, PTHREAD_PROCESS_PRIVATE);
}

static void init_own(struct bench_run *r, struct bench_place *p)
{
	p->own = r->subject->own->create(r->cpus);
	if (!p->own)
		exit(3);
}

static void destroy_own(struct bench_run *r, struct bench_place *p)
{
	r->subject->own->destroy(p->own);
}

#define ROW(name, kind, admit, lock, first, last)                                 \
	{                                                                         \
		name, kind, admit, first, loop_##lock, stamped_##lock, last, NULL \
	}
#define MACHINE(name, kind, admit) ROW(name, kind, admit, machine, init_machine, destroy_machine)
#define OTHER(name, lock, first)   ROW(name, WAIT_NR, false, lock, first, nothing)

const struct subject subjects[] = {
	[SUBJECT_WORD] = OTHER("hypsim word, spin", word, nothing),
	[SUBJECT_CK_TICKET] = OTHER("ck ticket", ticket, init_ticket),
	MACHINE("hypsim spin", WAIT_SPIN, false),
	MACHINE("hypsim yield", WAIT_YIELD, false),
	MACHINE("hypsim park", WAIT_PARK, false),
	MACHINE("hypsim auto", WAIT_AUTO, false),
	MACHINE("hypsim auto, admit cores", WAIT_AUTO, true),
	OTHER("ck ticket, backoff", backoff, init_ticket),
	OTHER("ck MCS", mcs, init_mcs),
	OTHER("ck CLH", clh, init_clh),
	OTHER("ck Anderson", anderson, init_anderson),
	OTHER("ck fas", fas, init_fas),
	OTHER("ck dec", dec, init_dec),
	OTHER("ck cohort of tickets", cohort, init_cohort),
	ROW("pthread mutex", WAIT_NR, false, mutex, init_mutex, destroy_mutex),
	ROW("pthread mutex, adaptive", WAIT_NR, false, mutex, init_adaptive, destroy_mutex),
	OTHER("pthread spinlock", spin, init_spin),
};

const u32 n_subjects = ARRAY_SIZE(subjects);

struct subject subject_of(const struct hypsim_bench_lock *own)
{
	struct subject s = ROW(own->name, WAIT_NR, false, own, init_own, destroy_own);

	s.own = own;
	return s;
}
