/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One line of a text log into an event, and what is known of the log so far.  Used by text.c only. */
#include "sim/base/vec.h"
#include "sim/log/source.h"
#include "sim/log/text/text_line.h"
#include "sim/log/text/text_mode.h"
#include "sim/log/text/text_streams.h"

/* The operation that begins where a log without a configuration does not say which. */
#define TEXT_UNNAMED "operation"

/**
 * struct text - a text log in memory
 * @lock, @slot: names of the locks by index; open addressing from name to index + 1
 * @word:    TEXT_MACHINE: the lock words, replayed
 * @episode: number of the current episode; valid when @in_episode
 * @time:    the time that a CPU's next event gets, when its bit of @timed is set
 * @diffs, @args: of the last batch
 * @skipped: marks that are not known and need not be: how many of each number, from MARK_MAY_SKIP on
 * @streams: what is known of the CPUs' streams; the log ends at a finding
 * @failed:  @error is what the next call of next() reports
 */
struct text {
	struct log_source source;
	struct log_config config;
	enum text_mode mode;
	char *name, *bytes;
	const char *at, *end;
	u64 line;
	VEC(u64) lock;
	u32 *slot, n_slots;
	struct {
		u32 ticket, now;
	} word[ID_END];
	u64 episode;
	bool in_episode, started;
	u64 time[MAX_CPU], timed;
	VEC(struct diff) diffs;
	VEC(u64) args;
	u64 skipped[MARK_SKIPPABLE];
	struct text_streams streams;
	bool failed;
	struct err error;
};

/* Moves behind "#!" when the line is a directive. */
bool text_directive(struct text_line *l);
/* A new machine: its words have their start values. */
void text_start_words(struct text *t);
/* One line; *ev stays EV_NONE when it is no event.  < 0: it is malformed. */
int text_parse_line(struct text *t, struct text_line *l, struct event *ev, struct err *e);
