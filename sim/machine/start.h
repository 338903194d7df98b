/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * How CPUs that have met start together.  Who leaves a mutex or a condition variable does so one after the other, some ten
 * microseconds apart, in which a short run is over.  So each, once it is awake, waits at one word, and the last one changes it.
 *
 * The word is relaxed and the futex a raw system call: a start orders nothing, and is no edge to ThreadSanitizer.
 */
#include "sim/base/types.h"

/**
 * struct start
 * @word: how many starts there were, mod 2^32: a futex
 */
struct start {
	u32 word;
};

/* How many starts there were: to be asked before start_all() can be called. */
u32 start_seen(const struct start *s);
/* Wait for the start behind @seen.  @spin: there is a core for each CPU, so that looking takes nobody's. */
void start_wait(struct start *s, u32 seen, bool spin);
/* All are awake: they start. */
void start_all(struct start *s);
