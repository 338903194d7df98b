/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The locks of the lock table, each as a loop that takes and passes one until it is told to stop. */
#include "bench/place.h"
#include "bench/span.h"
#include "include/hypsim/bench_lock.h"
#include "sim/base/clock.h"
#include "sim/base/flag.h"
#include "sim/machine/machine.h"

enum { SUBJECT_SAMPLE = 64 }; /* one of so many acquisitions is timed */

/* So many locks at most: those of a machine have ids behind CORE_ID. */
enum { SUBJECT_MAX_PLACES = ID_END - CORE_ID };

struct bench_worker;
struct bench_run;

/**
 * struct subject
 * @loop:    counts its acquisitions in @n of the worker, and times one of SUBJECT_SAMPLE
 * @stamped: the same with a stamp before and behind each
 * @own:     of a shared object, else NULL
 */
struct subject {
	const char *name;
	enum wait_kind wait; /* of a machine's row */
	bool admit;
	void (*init)(struct bench_run *r, struct bench_place *p);
	void (*loop)(struct bench_worker *w);
	void (*stamped)(struct bench_worker *w);
	void (*destroy)(struct bench_run *r, struct bench_place *p);
	const struct hypsim_bench_lock *own;
};

/**
 * struct bench_run - one subject at work
 * @stop:    the loop that runs now ends
 * @section, @think: how long a thread stays inside and outside, beside what it does there anyway
 */
struct bench_run {
	const struct subject *subject;
	u32 cpus, n_places;
	struct bench_span section, think;
	pthread_barrier_t start;
	struct log_config config;
	struct log *log;
	struct machine *machine;
	_Alignas(CACHE_LINE) struct flag stop;
	struct bench_place place[SUBJECT_MAX_PLACES];
};

/**
 * struct bench_worker - a thread
 * @n: acquisitions of the loop so far, which others may read
 * @node: its node of a CLH lock
 */
struct bench_worker {
	struct bench_run *run;
	u32 cpu;
	pthread_t id;
	struct rng rng;
	u64 n;
	struct hist wait;
	struct stamps_seen seen;
	_Alignas(CACHE_LINE) struct ck_spinlock_clh first_node;
	struct ck_spinlock_clh *node;
} __attribute__((aligned(CACHE_LINE)));

/* The lock that is next. */
static inline struct bench_place *bench_pick(struct bench_worker *w)
{
	struct bench_run *r = w->run;

	return &r->place[r->n_places == 1 ? 0 : rng_below(&w->rng, r->n_places)];
}

/* The section itself; the caller holds the lock. */
static inline void bench_inside(struct bench_worker *w, struct bench_place *p)
{
	struct bench_section *s = &p->section;

	s->count++;
	if (s->last != w->cpu) {
		s->last = w->cpu;
		__atomic_store_n(&s->handovers, s->handovers + 1, __ATOMIC_RELAXED);
	}
	span_spend(&w->run->section, &w->rng);
}

/* One acquisition more, in the thread's own line, and what the thread does before the next. */
static inline void bench_outside(struct bench_worker *w)
{
	__atomic_store_n(&w->n, w->n + 1, __ATOMIC_RELAXED);
	span_spend(&w->run->think, &w->rng);
}

enum { SUBJECT_WORD, SUBJECT_CK_TICKET };
extern const struct subject subjects[];
extern const u32 n_subjects;

/* A subject of a shared object's lock. */
struct subject subject_of(const struct hypsim_bench_lock *own);
