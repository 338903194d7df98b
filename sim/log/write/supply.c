// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/supply.h"

#include "sim/base/vec.h"
#include "sim/log/write/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/*
 * struct log_supply::cell is 0 at first, then a slot that the CPU has asked for (its number, tagged), then the chunk in it.
 * The number is taken when it is asked for, so the slots of a CPU are in the order of its stream whoever makes them; a CPU
 * that comes before the thread is done makes the chunk itself, and the thread's is not used.
 */
#define WANTED(slot) ((slot) << 1 | 1)

/**
 * struct log_supply
 * @asked: requests so far: a futex
 * @stop:  the thread shall end
 * @cell:  [cpu] as above
 * @old:   [cpu] a chunk to be unmapped; set by the CPU, cleared by the thread
 */
struct log_supply {
	struct log *log;
	pthread_t thread;
	u32 asked;
	struct flag stop;
	struct {
		_Alignas(CACHE_LINE) u64 cell;
		struct log_chunk_header *old;
	} cpu[MAX_CPU];
};

/*
 * Have every page there: at its first store a CPU would stop for each.  The chunk may be in use already, by the CPU that did
 * not wait for it.
 */
static void populate(u8 *p)
{
	if (madvise(p, LOG_SLOT_BYTES, MADV_POPULATE_WRITE) == 0)
		return;
	for (u32 at = 0; at < LOG_SLOT_BYTES; at += 4096)
		__atomic_fetch_or(p + at, 0, __ATOMIC_RELAXED);
}

static struct log_chunk_header *memory_slot(struct log *l)
{
	void *p = mmap(NULL, LOG_SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	               -1, 0);

	if (p == MAP_FAILED) {
		log_fail(l, ERR_MEMORY, "a chunk", errno);
		return NULL;
	}
	populate(p);
	return p;
}

/* A slot of the file, reserved on disk before it is mapped: a full disk is an error here and not a SIGBUS later. */
static struct log_chunk_header *file_slot(struct log *l, u64 slot)
{
	off_t at = (off_t)(l->header_bytes + slot * LOG_SLOT_BYTES);
	u64 end = (u64)at + LOG_SLOT_BYTES, have = 0;
	void *p;
	int rc;

	/* A file that was cut short would have holes where the others' chunks were. */
	if (!log_file_whole(l))
		return NULL;
	rc = posix_fallocate(l->fd, at, LOG_SLOT_BYTES);
	while (rc == 0 && have < end &&
	       !__atomic_compare_exchange_n(&l->reserved_bytes, &have, end, false, __ATOMIC_RELAXED,
	                                    __ATOMIC_RELAXED))
		;
	if (rc) {
		log_fail(l, ERR_DISK, "cannot reserve a chunk", rc);
		return NULL;
	}
	p = mmap(NULL, LOG_SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, at);
	if (p == MAP_FAILED) {
		log_fail(l, ERR_DISK, "cannot map a chunk", errno);
		return NULL;
	}
	populate(p);
	return p;
}

static u64 slot_number(struct log *l)
{
	return l->kind == LOG_FILE ? __atomic_fetch_add(&l->next_slot, 1, __ATOMIC_RELAXED) : 0;
}

static struct log_chunk_header *make(struct log *l, u64 slot)
{
	return l->kind == LOG_FILE ? file_slot(l, slot) : memory_slot(l);
}

/* What a cell of supply holds: the chunk, or one that is made now; NULL: the log has failed. */
static struct log_chunk_header *chunk_of(struct log *l, u64 cell)
{
	return cell & 1 ? make(l, cell >> 1) : (struct log_chunk_header *)(uintptr_t)cell;
}

struct log_chunk_header *log_supply_take(struct log *l, u32 cpu)
{
	struct log_supply *s = l->supply;
	struct log_chunk_header *h = l->chunks[cpu].spare;
	u64 cell;

	if (h) {
		l->chunks[cpu].spare = NULL;
		return h;
	}
	if (!s)
		return make(l, slot_number(l));
	cell = __atomic_load_n(&s->cpu[cpu].cell, __ATOMIC_RELAXED);
	if (!cell)
		h = make(l, slot_number(l));
	cell = __atomic_exchange_n(&s->cpu[cpu].cell, WANTED(slot_number(l)), __ATOMIC_ACQUIRE);
	__atomic_fetch_add(&s->asked, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &s->asked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return h ? h : chunk_of(l, cell);
}

void log_supply_drop(struct log *l, u32 cpu, struct log_chunk_header *h)
{
	struct log_supply *s = l->supply;

	if (s && !__atomic_load_n(&s->cpu[cpu].old, __ATOMIC_RELAXED))
		__atomic_store_n(&s->cpu[cpu].old, h, __ATOMIC_RELAXED);
	else
		munmap(h, LOG_SLOT_BYTES);
}

static void unmap_old(struct log_supply *s, u32 cpu)
{
	void *old = __atomic_load_n(&s->cpu[cpu].old, __ATOMIC_RELAXED);

	if (!old)
		return;
	munmap(old, LOG_SLOT_BYTES);
	__atomic_store_n(&s->cpu[cpu].old, NULL, __ATOMIC_RELAXED);
}

/* Make what @cpu asks for. */
static void make_ahead(struct log_supply *s, u32 cpu)
{
	u64 cell = __atomic_load_n(&s->cpu[cpu].cell, __ATOMIC_RELAXED);
	struct log_chunk_header *h;

	if (!(cell & 1) || flag_get(&s->log->failed))
		return;
	h = chunk_of(s->log, cell);
	if (h && !__atomic_compare_exchange_n(&s->cpu[cpu].cell, &cell, (u64)(uintptr_t)h, false,
	                                      __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		munmap(h, LOG_SLOT_BYTES);
}

static void *supply_main(void *arg)
{
	struct log_supply *s = arg;

	for (;;) {
		u32 asked = __atomic_load_n(&s->asked, __ATOMIC_RELAXED);

		if (flag_get(&s->stop))
			return NULL;
		for (u32 c = 0; c < s->log->cpus; c++) {
			unmap_old(s, c);
			make_ahead(s, c);
		}
		syscall(SYS_futex, &s->asked, FUTEX_WAIT_PRIVATE, asked, NULL, NULL, 0);
	}
}

void log_supply_start(struct log *l)
{
	struct log_supply *s = NULL;

	if (l->kind == LOG_OFF || l->supply || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	if (posix_memalign((void **)&s, CACHE_LINE, sizeof(*s)) != 0)
		return;
	*s = (struct log_supply){ .log = l };
	if (pthread_create(&s->thread, NULL, supply_main, s) != 0)
		free(s);
	else
		l->supply = s;
}

void log_supply_stop(struct log *l)
{
	struct log_supply *s = l->supply;

	if (!s)
		return;
	flag_set(&s->stop);
	__atomic_fetch_add(&s->asked, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &s->asked, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	pthread_join(s->thread, NULL);
	l->supply = NULL;
	for (u32 c = 0; c < l->cpus; c++) {
		u64 cell = s->cpu[c].cell;

		unmap_old(s, c);
		/* A slot of a file has its number already: it will be a chunk, if an empty one. */
		if (!(cell & 1) || (l->kind == LOG_FILE && !flag_get(&l->failed)))
			l->chunks[c].spare = chunk_of(l, cell);
	}
	free(s);
}
