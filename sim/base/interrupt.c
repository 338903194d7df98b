// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/interrupt.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LEFTOVERS = 8, VIOLATION = 1 };

static volatile int count, first_signal;
static enum interrupt_mode how;
static bool missed;
static const char *leftover[MAX_LEFTOVERS];

static void end_at_once(int sig)
{
	for (u32 i = 0; i < MAX_LEFTOVERS; i++) {
		const char *path = __atomic_load_n(&leftover[i], __ATOMIC_RELAXED);

		if (path)
			unlink(path);
	}
	_exit(128 + sig);
}

static void on_signal(int sig)
{
	int before = __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);

	if (before == 0)
		first_signal = sig;
	if (how == INTERRUPT_AT_ONCE || (how == INTERRUPT_STEPS && before > 0))
		end_at_once(sig);
}

void interrupts_catch(enum interrupt_mode mode)
{
	/* Without SA_RESTART: who waits for input wakes up. */
	struct sigaction act = { .sa_handler = on_signal };

	how = mode;
	missed = false;
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

const volatile int *interrupts_count(void)
{
	return &count;
}

bool interrupted(void)
{
	return how == INTERRUPT_STEPS && __atomic_load_n(&count, __ATOMIC_RELAXED) > 0;
}

void interrupts_missed(void)
{
	missed = true;
}

int interrupt_status(int status)
{
	if (status == VIOLATION || missed || __atomic_load_n(&count, __ATOMIC_RELAXED) == 0)
		return status;
	return 128 + first_signal;
}

void interrupt_leftover(const char *path)
{
	for (u32 i = 0; i < MAX_LEFTOVERS; i++) {
		const char *none = NULL;

		if (__atomic_compare_exchange_n(&leftover[i], &none, path, false, __ATOMIC_RELAXED,
		                                __ATOMIC_RELAXED))
			return;
	}
}

void interrupt_no_leftover(const char *path)
{
	for (u32 i = 0; i < MAX_LEFTOVERS; i++)
		if (__atomic_load_n(&leftover[i], __ATOMIC_RELAXED) == path)
			__atomic_store_n(&leftover[i], NULL, __ATOMIC_RELAXED);
}
