/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The locks of the lock table, each as one loop that takes and passes it until it is told to stop. */
#include "cpu/stats.h"
#include "sim/base/flag.h"
#include "sim/base/types.h"
#include "sim/machine/machine.h"

#include <ck_spinlock.h>
#include <pthread.h>

enum { SUBJECT_SAMPLE = 64 }; /* one of so many acquisitions is timed */

struct bench_run;

struct subject {
	const char *name;
	enum wait_kind wait; /* of a machine's row */
	bool admit;
	void (*init)(struct bench_run *r);
	/* CPU @cpu's loop; *n: acquisitions so far, which others may read; one of SUBJECT_SAMPLE is timed. */
	void (*loop)(struct bench_run *r, u32 cpu, u64 *n, struct hist *wait);
	void (*destroy)(struct bench_run *r);
};

/**
 * struct bench_section - what the lock guards; plain memory
 * @last: the CPU that was here before; @depth, @sampled: CPUs at the lock, summed over the sampled acquisitions
 */
struct bench_section {
	u32 last;
	u64 handovers, count, depth, sampled;
};

struct bench_run {
	const struct subject *subject;
	u32 cpus;
	pthread_barrier_t start;
	_Alignas(CACHE_LINE) struct flag stop;
	_Alignas(CACHE_LINE) struct bench_section section;
	_Alignas(CACHE_LINE) u64 word;
	_Alignas(CACHE_LINE) ck_spinlock_ticket_t ticket;
	_Alignas(CACHE_LINE) ck_spinlock_mcs_t mcs;
	_Alignas(CACHE_LINE) struct ck_spinlock_clh *clh;
	struct ck_spinlock_clh clh_first;
	struct {
		_Alignas(CACHE_LINE) struct ck_spinlock_clh n;
	} clh_node[MAX_CPU];
	_Alignas(CACHE_LINE) pthread_mutex_t mutex;
	_Alignas(CACHE_LINE) pthread_spinlock_t spin;
	struct log_config config;
	struct log *log;
	struct machine *machine;
};

/* The section itself; the caller holds the lock. */
static inline void section(struct bench_run *r, u32 cpu)
{
	struct bench_section *s = &r->section;

	s->count++;
	if (s->last != cpu) {
		s->last = cpu;
		__atomic_store_n(&s->handovers, s->handovers + 1, __ATOMIC_RELAXED);
	}
}

/* One acquisition more, in the CPU's own line. */
static inline void counted(u64 *n, u64 i)
{
	__atomic_store_n(n, i, __ATOMIC_RELAXED);
}

enum { SUBJECT_WORD, SUBJECT_CK_TICKET };
extern const struct subject subjects[];
extern const u32 n_subjects;
