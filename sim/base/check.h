/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Assertions about ourselves.  A failed one is a bug of hypsim: the process aborts (exit status 134).  Input that is
 * wrong is an error (err.h), simulated code that is wrong is stuck (cpu/stuck.h): never an assertion.
 */

__attribute__((noreturn, cold)) void sim_bug(const char *file, int line, const char *what);

/* Called once before the abort, for a last word (the log is flushed by the kernel: it is mapped).  NULL: nothing. */
void sim_set_abort_hook(void (*hook)(void));

#define SIM_ASSERT(x)                                    \
	do {                                             \
		if (__builtin_expect(!(x), 0))           \
			sim_bug(__FILE__, __LINE__, #x); \
	} while (0)

#if defined(HYPSIM_DEBUG) && HYPSIM_DEBUG
#define SIM_ASSERT_DBG(x) SIM_ASSERT(x)
#else
#define SIM_ASSERT_DBG(x)        \
	do {                     \
		(void)sizeof(x); \
	} while (0)
#endif

#define SIM_UNREACHABLE() sim_bug(__FILE__, __LINE__, "unreachable")
