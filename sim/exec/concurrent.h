/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* concurrent ... end of a script: the programs of the CPUs, as they are read.  For sim/exec/exec.c. */
#include "sim/exec/read.h"

/**
 * struct program - of a CPU
 * @call: [n_calls], each with what it must come to
 * @feed: [n_feeds] values that the CPU was fed; @used: [n_feeds] those that it has taken, for who makes the calls
 */
struct program {
	struct read_call *call;
	u32 n_calls, cap_calls;
	struct scope_feed *feed;
	u32 n_feeds, cap_feeds;
	bool *used;
};

struct concurrent;

/* @l: the line that says concurrent. */
struct concurrent *concurrent_new(const struct text_line *l);
/* A line behind it, but end: it begins with @w; there are @cpus CPUs.  Errors: ERR_TEXT, and nothing has changed. */
MUST_CHECK int concurrent_line(struct concurrent *r, u32 cpus, struct text_line *l,
                               struct text_word w, struct err *e);
/* The program of @cpu, now that all lines are read. */
struct program *concurrent_program(struct concurrent *r, u32 cpu);
/* How many of @feed were there before call number @call. */
u32 program_fed(const struct program *p, u32 call);

/* The script has ended; @r is NULL, or ERR_TEXT says where the concurrent stands that has no end. */
MUST_CHECK int concurrent_closed(const struct concurrent *r, struct err *e);
void concurrent_free(struct concurrent *r);
