/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A log file, whatever its form. */
#include "sim/base/err.h"
#include "sim/log/read/merge.h"
#include "sim/log/source.h"

/**
 * struct log_status - what is known of a source besides its events; whole once next() gave its end
 * @binary:  a binary log (or one in memory); else text, and the fields below are 0 but for @skipped
 * @closed:  closed in order
 * @cut:     not closed in order: the log ends where the run was cut
 * @in_part: of a cut log: there was no room for more of a stream, and it was merged up to where its steps are missing
 * @growing: a run is writing it
 * @at_cut:  of a log that was not closed: more than one step of a CPU is missing behind the end of its stream, so it was merged up
 *           to a consistent cut; @behind: events that lie behind it
 * @holes:   steps that the merge filled in (events with EVF_FILLED)
 * @events, @cpu_events: given out so far
 * @bytes:   of records; @stored_bytes: what they take with their chunks' headers
 * @finding: of a text too: why the merge, or the reading of the text, stopped before the end, or NULL
 * @skipped: of a text too: how many marks of each number from MARK_MAY_SKIP on this version does not know, and did not need
 */
struct log_status {
	bool binary, closed, cut, in_part, growing, at_cut;
	u64 behind;
	u32 holes;
	u64 chunks;
	u64 events, cpu_events[MAX_CPU];
	u64 bytes, stored_bytes;
	const struct merge_finding *finding;
	u64 skipped[MARK_SKIPPABLE];
};

/*
 * Open @path ("-": standard input), a binary log or a text log of a machine, a file or a pipe.  Errors: those of
 * reader_open_file() and text_open(), ERR_HOST, ERR_DISK (the copy of a pipe).
 */
MUST_CHECK int log_open(const char *path, struct log_source **out, struct err *e);
/* The same of a descriptor, which is taken over, also when it fails; @name stands in messages. */
MUST_CHECK int log_open_fd(int fd, const char *name, struct log_source **out, struct err *e);

/*
 * Open a binary log file that a run may be writing, to read it on as it grows: next() gives n == 0 at the end of what is there,
 * and log_poll() looks for more.  Errors: also ERR_NOT_FILE: a text, or no regular file.
 */
MUST_CHECK int log_open_follow(const char *path, struct log_source **out, struct err *e);
/* Look for more.  False: the run has closed the log or is gone, so what next() gives from here on is the rest. */
bool log_poll(struct log_source *s);

/*
 * What is to be told of times that go back: "the time of CPU 0 goes back at event 2, from 9 to 3 ns, and 4 times in all";
 * NULL: nothing.  Returns buf.
 */
const char *log_times_back(const struct log_source *s, char *buf, size_t size);

/*
 * Before the first event of a binary log: its file has lost chunks, so at the end of each stream any number of steps may be
 * missing (as where there was no room).
 */
void log_source_lacks(struct log_source *s);

/* Any source: of log_open(), merge_open_memory() or text_open(). */
void log_source_status(struct log_source *s, struct log_status *out);
