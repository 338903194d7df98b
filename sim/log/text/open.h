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
 * @holes:   steps that the merge filled in (events with EVF_FILLED)
 * @events, @cpu_events: given out so far
 * @bytes:   of records; @stored_bytes: what they take with their chunks' headers
 * @finding: why the merge stopped before the end, or NULL
 * @skipped: of a text too: how many marks of each number from MARK_MAY_SKIP on this version does not know, and did not need
 */
struct log_status {
	bool binary, closed, cut, in_part;
	u32 holes;
	u64 chunks;
	u64 events, cpu_events[MAX_CPU];
	u64 bytes, stored_bytes;
	const struct merge_finding *finding;
	u64 skipped[MARK_SKIPPABLE];
};

/*
 * Open @path, a binary log or a text log of a machine ("-": text from standard input).  Errors: those of
 * reader_open_file() and text_open().
 */
MUST_CHECK int log_open(const char *path, struct log_source **out, struct err *e);

/* Any source: of log_open(), merge_open_memory() or text_open(). */
void log_source_status(struct log_source *s, struct log_status *out);
