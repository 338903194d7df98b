// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/supply.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * struct supply_thread::cell is 0 at first, then a slot that the CPU has asked for (its number, tagged), then the chunk in it.
 * The number is taken when it is asked for, so the slots of a CPU are in the order of its stream whoever makes them; a CPU
 * that comes before the thread is done makes the chunk itself, and the thread's is not used.
 */
#define WANTED(slot) ((slot) << 1 | 1)

/**
 * struct supply_thread - makes chunks ahead while a run lasts
 * @asked: requests so far: a futex
 * @stop:  the thread shall end
 * @cell:  [cpu] as above
 * @old:   [cpu] a chunk to be unmapped; set by the CPU, cleared by the thread
 */
struct supply_thread {
	struct log_supply *supply;
	pthread_t thread;
	u32 asked;
	struct flag stop;
	struct {
		_Alignas(CACHE_LINE) u64 cell;
		struct log_chunk_header *old;
	} cpu[MAX_CPU];
};

/* What a cell of the thread holds: the chunk, or one that is made now; NULL: the log has failed. */
static struct log_chunk_header *chunk_of(struct log_slots *s, u64 cell)
{
	return cell & 1 ? log_slots_make(s, cell >> 1) : (struct log_chunk_header *)(uintptr_t)cell;
}

struct log_chunk_header *log_supply_take(struct log_supply *s, u32 cpu)
{
	struct supply_thread *t = s->thread;
	struct log_chunk_header *h = s->spare[cpu];
	u64 cell;

	if (h) {
		s->spare[cpu] = NULL;
		return h;
	}
	/* The run's own stream has little to write: nothing is made ahead for it. */
	if (!t || cpu >= s->cpus)
		return log_slots_make(s->slots, log_slots_number(s->slots));
	cell = __atomic_load_n(&t->cpu[cpu].cell, __ATOMIC_RELAXED);
	if (!cell)
		h = log_slots_make(s->slots, log_slots_number(s->slots));
	cell = __atomic_exchange_n(&t->cpu[cpu].cell, WANTED(log_slots_number(s->slots)),
	                           __ATOMIC_ACQUIRE);
	__atomic_fetch_add(&t->asked, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &t->asked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return h ? h : chunk_of(s->slots, cell);
}

void log_supply_drop(struct log_supply *s, u32 cpu, struct log_chunk_header *h)
{
	struct supply_thread *t = s->thread;

	if (t && !__atomic_load_n(&t->cpu[cpu].old, __ATOMIC_RELAXED))
		__atomic_store_n(&t->cpu[cpu].old, h, __ATOMIC_RELAXED);
	else
		munmap(h, LOG_SLOT_BYTES);
}

static void unmap_old(struct supply_thread *t, u32 cpu)
{
	void *old = __atomic_load_n(&t->cpu[cpu].old, __ATOMIC_RELAXED);

	if (!old)
		return;
	munmap(old, LOG_SLOT_BYTES);
	__atomic_store_n(&t->cpu[cpu].old, NULL, __ATOMIC_RELAXED);
}

/* Make what @cpu asks for. */
static void make_ahead(struct supply_thread *t, u32 cpu)
{
	u64 cell = __atomic_load_n(&t->cpu[cpu].cell, __ATOMIC_RELAXED);
	struct log_slots *slots = t->supply->slots;
	struct log_chunk_header *h;

	if (!(cell & 1) || flag_get(&slots->failed))
		return;
	h = chunk_of(slots, cell);
	if (h && !__atomic_compare_exchange_n(&t->cpu[cpu].cell, &cell, (u64)(uintptr_t)h, false,
	                                      __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		munmap(h, LOG_SLOT_BYTES);
}

static void *supply_main(void *arg)
{
	struct supply_thread *t = arg;

	for (;;) {
		u32 asked = __atomic_load_n(&t->asked, __ATOMIC_RELAXED);

		if (flag_get(&t->stop))
			return NULL;
		for (u32 c = 0; c < t->supply->cpus; c++) {
			unmap_old(t, c);
			make_ahead(t, c);
		}
		syscall(SYS_futex, &t->asked, FUTEX_WAIT_PRIVATE, asked, NULL, NULL, 0);
	}
}

void log_supply_start(struct log_supply *s)
{
	struct supply_thread *t = NULL;

	if (s->slots->kind == LOG_OFF || s->thread || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	if (posix_memalign((void **)&t, CACHE_LINE, sizeof(*t)) != 0)
		return;
	*t = (struct supply_thread){ .supply = s };
	if (pthread_create(&t->thread, NULL, supply_main, t) != 0)
		free(t);
	else
		s->thread = t;
}

void log_supply_stop(struct log_supply *s)
{
	struct supply_thread *t = s->thread;

	if (!t)
		return;
	flag_set(&t->stop);
	__atomic_fetch_add(&t->asked, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &t->asked, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	pthread_join(t->thread, NULL);
	s->thread = NULL;
	for (u32 c = 0; c < s->cpus; c++) {
		u64 cell = t->cpu[c].cell;

		unmap_old(t, c);
		/* A slot of a file has its number already: it will be a chunk, if an empty one. */
		if (!(cell & 1) || (s->slots->kind == LOG_FILE && !flag_get(&s->slots->failed)))
			s->spare[c] = chunk_of(s->slots, cell);
	}
	free(t);
}
