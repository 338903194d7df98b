/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * SIGINT and SIGTERM: a handler counts them, and who works looks at the count.  Signals belong to the process, so this is one
 * for the process.
 */
#include "sim/base/types.h"

enum interrupt_mode {
	INTERRUPT_STEPS, /* work ends at its next look, interrupted(); the second signal ends the process at once */
	INTERRUPT_COUNT, /* only counted: a run has its own meaning for the first and the second */
	INTERRUPT_AT_ONCE, /* the first signal ends the process: a prompt, a measurement */
};

/* From here on signals are caught. */
void interrupts_catch(enum interrupt_mode mode);

/* The number of signals so far, to be read relaxed. */
const volatile int *interrupts_count(void);

/* INTERRUPT_STEPS: has a signal come?  Sources of events end then with ERR_INTERRUPT. */
bool interrupted(void);

/* The work came to its own end, and no signal has shortened it: those that have come, or still come, change no exit status. */
void interrupts_missed(void);

/*
 * The exit status of a process whose work came to @status: 128 + the first signal, unless a violation was found or the signals
 * have missed the work.
 */
int interrupt_status(int status);

/*
 * A file that shall not outlive a process that ends at once; @path stays the caller's and valid until it is no leftover any
 * more.  Of more than eight at a time some are left.
 */
void interrupt_leftover(const char *path);
void interrupt_no_leftover(const char *path);
