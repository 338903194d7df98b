/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A log as a trace for Perfetto.  A track a CPU: its operations, its waits and the locks that it has, as slices that nest; where a
 * section ends that is not the innermost slice, those within end as well and begin again.  A track a lock: who had it, and how many
 * wait, as a counter.  Where a lock is passed on to one who waits a flow goes from there to the section of the next.  Times are
 * nanoseconds, or of a log without timestamps the numbers of events.
 */
#include "sim/base/whole_file.h"
#include "sim/log/source.h"

/**
 * struct perfetto_counts - what a whole log came to
 * @written: slices, ends, instants and values; @flows: hand-overs
 * @moved:   events whose time would have gone back on their track
 */
struct perfetto_counts {
	u64 events, written, flows, moved;
};

/* Write a whole log to @to.  < 0: the source's error, or ERR_DISK, ERR_HOST of writing. */
MUST_CHECK int export_perfetto(struct log_source *s, struct whole_file *to,
                               struct perfetto_counts *out, struct err *e);
