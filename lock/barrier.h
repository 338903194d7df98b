/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What barrier() does for the processor, and its step in the protocol.  wait_lock and pass_lock, which
 * know which of the two barriers theirs is, take that one.
 */
#include "cpu/cpu.h"
#include "lock/locks.h"
#include "sim/log/write/writer.h"

#if HYPSIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* Before incr_now: everything written so far comes before the release. */
static inline void barrier_release(struct cpu *c)
{
#if HYPSIM_TSAN
	/* barrier() names no lock: it orders for every lock that the CPU holds. */
	for (u64 held = cpu_held(c); held; held &= held - 1)
		__tsan_release(&c->locks->lock[__builtin_ctzll(held)].word);
#else
	(void)c;
	__atomic_thread_fence(__ATOMIC_RELEASE);
#endif
}

/* After log_hold: nothing that follows is done before the lock, whose word is @word, was seen served. */
static inline void barrier_acquire(u64 *word)
{
#if HYPSIM_TSAN
	__tsan_acquire(word);
#else
	(void)word;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
}

/* BarrierNeeded -> BarrierValid, BarrierValid -> Barriered; stuck on Barriered.  [barrier_spec] */
static inline void barrier_step(struct cpu *c)
{
	switch (c->bars) {
	case BARRIER_NEEDED:
		barrier_acquire(c->hold_word);
		c->bars = BARRIER_VALID;
		break;
	case BARRIER_VALID:
		barrier_release(c);
		c->bars = BARRIERED;
		break;
	case BARRIERED:
		stuck(c, STUCK_BARRIER, "barrier", 0, 0, 0);
	}
	if (log_on(c->log))
		log_barrier(c->log);
}
