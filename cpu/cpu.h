/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One simulated CPU: what RData holds for each CPU, and how its calls end. */
#include "cpu/bars.h"
#include "cpu/stats.h"
#include "cpu/stuck.h"
#include "sim/base/consts.h"
#include "sim/base/flag.h"
#include "sim/base/types.h"

#include <setjmp.h>

struct log_writer;
struct locks;
struct shared;

/* lock[id] of this CPU.  [RData.LockState] */
enum lock_state {
	LOCK_FALSE,      /* LockFalse: free, for this CPU */
	LOCK_OWN,        /* LockOwn false: taken, the object not pulled */
	LOCK_OWN_PULLED, /* LockOwn true: taken and pulled */
};

/* How a call ended. */
enum outcome {
	OUT_OK,
	OUT_STUCK,   /* it broke a rule: c->stuck */
	OUT_PANIC,   /* it, or another CPU, halted the machine */
	OUT_STOPPED, /* the machine was stopped while it waited */
};

/**
 * struct cpu_published - what observers may read while the CPU runs; relaxed atomics, so that they order nothing
 * @held:     bit lk: lock[lk] is not LockFalse
 * @waits:    the wait it is in: waits_of(lk, ticket), or 0
 * @progress: operations so far
 */
struct cpu_published {
	u64 held, waits, progress;
};

/**
 * struct cpu - written by its thread only; others read it after they have met it, or @pub at any time
 * @id:     number, 0..MAX_CPU-1
 * @bars, @tstate, @lock: RData's per-CPU fields
 * @bound:  lock_bound that wait_lock promises
 * @total_cpu: TOTAL_CPU of the machine
 * @log:    the CPU's stream
 * @jump:   where stuck and halt go; valid below cpu_call()
 * @hold_word: address of the word of the last log_hold, for barrier() under ThreadSanitizer
 */
struct cpu {
	cpu_t id;
	enum bars bars;
	u8 tstate;
	bool keep_reads;
	bool timing;
	u8 lock[ID_END];
	u32 bound;
	u32 total_cpu;
	struct log_writer *log;
	struct locks *locks;
	struct shared *shared;
	const struct flag *halt, *stop;
	u64 *hold_word;
	u32 permit; /* acquisitions that the CPU's admission is still good for; 0: none held */
	struct cpu_stats stats;
	struct stuck stuck;
	sigjmp_buf jump;
	bool in_call;
	_Alignas(CACHE_LINE) struct cpu_published pub;
} __attribute__((aligned(CACHE_LINE)));

/**
 * cpu_call() - run simulated code on a CPU and say how it ended
 * @fn: leaves early by stuck() or cpu_leave(); must own no host resource
 *
 * On OUT_STUCK c->stuck is the report; locks that the CPU holds stay held.
 */
enum outcome cpu_call(struct cpu *c, void (*fn)(struct cpu *c, void *arg), void *arg);

/* Leave the call: OUT_PANIC or OUT_STOPPED. */
__attribute__((noreturn, cold)) void cpu_leave(struct cpu *c, enum outcome why);

/* Leave when the machine has halted or was stopped; every loop that waits asks. */
static inline void cpu_look(struct cpu *c)
{
	if (unlikely(flag_get(c->halt)))
		cpu_leave(c, OUT_PANIC);
	if (unlikely(flag_get(c->stop)))
		cpu_leave(c, OUT_STOPPED);
}

/* "LockOwn true", ... */
const char *lock_state_name(enum lock_state s);

/* A wait for ticket @ticket of lock @lk, as one number that is not 0. */
static inline u64 waits_of(lk_t lk, u32 ticket)
{
	return (u64)ticket << 8 | (lk + 1);
}

/* The lock of a wait that is not 0. */
static inline lk_t waits_lock(u64 waits)
{
	return (lk_t)(waits & 0xff) - 1;
}

static inline void pub_store(u64 *field, u64 v)
{
	__atomic_store_n(field, v, __ATOMIC_RELAXED);
}

static inline u64 pub_load(const u64 *field)
{
	return __atomic_load_n(field, __ATOMIC_RELAXED);
}

/* Bit lk: the CPU has lock lk. */
static inline u64 cpu_held(const struct cpu *c)
{
	return pub_load(&c->pub.held);
}
