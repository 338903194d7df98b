/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The longest waits of a log: who waited, behind whom, and what the CPUs did meanwhile. */
#include "sim/inspect/wait_length.h"
#include "sim/log/source.h"

#include <stdio.h>

const char *waits_by_name(u32 by);

/**
 * struct waits_options
 * @by:       WAITS_BY_NR: by time if the log has timestamps, else by hand-overs
 * @locks, @cpus: bits of those whose waits count; all ones: every one
 * @from, @to: indices in the merged log, both included: waits that begin and end there
 * @top:      how many, 1..1000
 */
struct waits_options {
	enum waits_by by;
	u64 locks, cpus, from, to;
	u32 top;
	bool json;
};

struct log_index;

/*
 * Print the longest waits of a whole log, whose index is @ix, or NULL, the longest first; there is none of a section that found the lock free.  @path stands in
 * the commands that show more.  < 0: the source's error (what was read until then is printed); ERR_USAGE: WAITS_BY_TIME of a log
 * without timestamps.
 */
MUST_CHECK int log_waits(struct log_source *s, struct log_index *ix, const char *path,
                         const struct waits_options *o, FILE *f, struct err *e);
