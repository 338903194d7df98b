// SPDX-License-Identifier: GPL-2.0-only
#include "bench/progress.h"

#include "sim/base/clock.h"
#include "sim/base/number.h"

#include <stdio.h>
#include <unistd.h>

/* Whoever reads a file needs no line each tenth of a second. */
enum { TTY_NS = 100000000, FILE_NS = 1000000000 };

static struct {
	bool always, shown;
	const char *table;
	u32 n, done;
	u64 begun, told;
} state;

void progress_always(void)
{
	state.always = true;
}

static bool tty(void)
{
	return isatty(STDERR_FILENO);
}

static void print_time(double seconds)
{
	char text[DURATION_TEXT];

	fputs(number_duration(seconds, 0, text), stderr);
}

void progress_plan(const char *table, u32 n, double seconds)
{
	state.table = table;
	state.n = n;
	state.done = 0;
	state.begun = state.told = clock_ns();
	if (!state.always && !tty())
		return;
	fprintf(stderr, "%s: %u measurements", table, n);
	if (seconds > 0) {
		fputs(", about ", stderr);
		print_time(seconds);
	}
	fputc('\n', stderr);
}

void progress_step(void)
{
	u64 now = clock_ns();

	state.done++;
	if ((!state.always && !tty()) || !state.table || state.done > state.n ||
	    now - state.told < (tty() ? TTY_NS : FILE_NS))
		return;
	state.told = now;
	fprintf(stderr, "%s%s: %u of %u, ", tty() ? "\r\033[K" : "", state.table, state.done,
	        state.n);
	print_time((double)(now - state.begun) / 1e9 / state.done * (state.n - state.done));
	fputs(tty() ? " left" : " left\n", stderr);
	state.shown = tty();
}

void progress_end(void)
{
	if (state.shown)
		fputs("\r\033[K", stderr);
	state.shown = false;
	state.table = NULL;
}
