/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The threads of a run, and how they meet between two operations. */
#include "sim/machine/start.h"
#include "sim/machine/surprise.h"
#include "sim/machine/watch.h"
#include "sim/machine/workload.h"

#include <pthread.h>

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
 * @met_last: threads of the last meeting; @awake: of these, how many have come out of it, and wait for its start
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
	u32 met_last, awake;
	struct start start;
	bool new_episode;
	struct flag wanted; /* somebody waits for the next episode */
	u64 panics, reasons[PANIC_NR];
	struct stall stall;      /* of RUN_STALL */
	u64 deadlocked;          /* bit c; relaxed: set by the watch before it stops the machine */
	struct wait_cycle cycle; /* of RUN_DEADLOCK; the watch's */
};

/* The CPU that halted the machine; NULL: it runs. */
const struct cpu *runner_who_halted(const struct machine *m);
/* An episode is over, and no CPU runs. */
void runner_count_panic(struct runner *r);
/* All threads that are left have met, and the mutex is held: do what they met for, let them go. */
void runner_hold_meeting(struct runner *r);
/* Between two operations: wait until all have come, and start together.  @episode: for the next episode. */
void runner_meet(struct thread *t, bool episode);
/* The thread ends: nobody waits for it any more. */
void runner_leave(struct thread *t);
