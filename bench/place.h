/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One lock of each kind, with what it guards. */
#include "bench/stamps.h"
#include "sim/base/consts.h"

#include <ck_cohort.h>
#include <ck_spinlock.h>
#include <pthread.h>

/* Groups of threads of a cohort lock: even numbers and odd ones. */
enum { COHORTS = 2 };

static inline void cohort_ticket_lock(void *lock, void *context)
{
	(void)context;
	ck_spinlock_ticket_lock(lock);
}

static inline void cohort_ticket_unlock(void *lock, void *context)
{
	(void)context;
	ck_spinlock_ticket_unlock(lock);
}

static inline bool cohort_ticket_locked(void *lock, void *context)
{
	(void)context;
	return ck_spinlock_ticket_locked(lock);
}

CK_COHORT_PROTOTYPE(bench, cohort_ticket_lock, cohort_ticket_unlock, cohort_ticket_locked,
                    cohort_ticket_lock, cohort_ticket_unlock, cohort_ticket_locked)

/**
 * struct bench_section - what a lock guards; plain memory
 * @last: the thread that was here before; @depth, @sampled: threads at the lock, summed over the sampled acquisitions
 */
struct bench_section {
	u32 last;
	u64 handovers, count, depth, sampled;
	struct stamps stamps;
};

/**
 * struct bench_place
 * @index: of the run's places
 * @own:   the lock of a shared object
 */
struct bench_place {
	u32 index;
	_Alignas(CACHE_LINE) struct bench_section section;
	_Alignas(CACHE_LINE) u64 word;
	_Alignas(CACHE_LINE) ck_spinlock_ticket_t ticket;
	_Alignas(CACHE_LINE) ck_spinlock_mcs_t mcs;
	_Alignas(CACHE_LINE) struct ck_spinlock_clh *clh;
	struct ck_spinlock_clh clh_first;
	_Alignas(CACHE_LINE) ck_spinlock_anderson_t anderson;
	ck_spinlock_anderson_thread_t anderson_slot[MAX_CPU];
	_Alignas(CACHE_LINE) ck_spinlock_fas_t fas;
	_Alignas(CACHE_LINE) ck_spinlock_dec_t dec;
	_Alignas(CACHE_LINE) ck_spinlock_ticket_t local[COHORTS];
	_Alignas(CACHE_LINE) struct ck_cohort_bench cohort[COHORTS];
	_Alignas(CACHE_LINE) pthread_mutex_t mutex;
	_Alignas(CACHE_LINE) pthread_spinlock_t spin;
	void *own;
};
