/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the sanitizers are told of fibers.  Nothing in a build without them.
 *
 * AddressSanitizer must know on which stack the thread is.  ThreadSanitizer takes each fiber for a thread, between which a
 * switch orders nothing; the two edges that there are say it themselves.
 */
#include "sim/base/types.h"

#if HYPSIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SCHED_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SCHED_ASAN 1
#endif
#endif
#ifndef SCHED_ASAN
#define SCHED_ASAN 0
#endif
#if SCHED_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

/**
 * struct sanitized - one fiber, or home
 * @tsan:   who it is to ThreadSanitizer
 * @fake:   AddressSanitizer's copy of its frames, while it does not run
 * @bottom: lowest address of its stack, of @size bytes; home's is asked for when it is left first
 */
struct sanitized {
#if HYPSIM_TSAN
	void *tsan;
#endif
	void *fake;
	const void *bottom;
	size_t size;
};

/* @s is home: the calling thread. */
static inline void sanitized_home(struct sanitized *s)
{
#if HYPSIM_TSAN
	s->tsan = __tsan_get_current_fiber();
#else
	(void)s;
#endif
}

static inline void sanitized_new(struct sanitized *s, const void *bottom, size_t size)
{
	s->bottom = bottom;
	s->size = size;
#if HYPSIM_TSAN
	s->tsan = __tsan_create_fiber(0);
#endif
}

static inline void sanitized_free(struct sanitized *s)
{
#if HYPSIM_TSAN
	if (s->tsan)
		__tsan_destroy_fiber(s->tsan);
#else
	(void)s;
#endif
}

/* Directly before the switch.  @ended: nothing is left on the stack of @from that anybody comes back to. */
static inline void sanitized_leave(struct sanitized *from, const struct sanitized *to, bool ended)
{
#if HYPSIM_TSAN
	__tsan_switch_to_fiber(to->tsan, __tsan_switch_to_fiber_no_sync);
#endif
#if SCHED_ASAN
	__sanitizer_start_switch_fiber(ended ? NULL : &from->fake, to->bottom, to->size);
	if (ended)
		from->fake = NULL;
#endif
	(void)from, (void)to, (void)ended;
}

/*
 * Directly behind it, by who runs now.  @home: to learn where its stack is.  The first who is ever switched to comes from
 * there.
 */
static inline void sanitized_arrive(struct sanitized *self, struct sanitized *home)
{
#if SCHED_ASAN
	if (home->bottom)
		__sanitizer_finish_switch_fiber(self->fake, NULL, NULL);
	else
		__sanitizer_finish_switch_fiber(self->fake, &home->bottom, &home->size);
#endif
	(void)self, (void)home;
}

/* All that the caller has done comes before what is done behind sanitized_acquire() of the same address. */
static inline void sanitized_release(void *edge)
{
#if HYPSIM_TSAN
	__tsan_release(edge);
#else
	(void)edge;
#endif
}

static inline void sanitized_acquire(void *edge)
{
#if HYPSIM_TSAN
	__tsan_acquire(edge);
#else
	(void)edge;
#endif
}
