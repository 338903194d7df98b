// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/check.h"

#include <stdio.h>
#include <stdlib.h>

static void (*abort_hook)(void);

void sim_set_abort_hook(void (*hook)(void))
{
	abort_hook = hook;
}

void sim_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "hypsim: bug at %s:%d: %s\n", file, line, what);
	if (abort_hook)
		abort_hook();
	abort();
}
