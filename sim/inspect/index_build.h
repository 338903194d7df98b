/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* To read a log once, and write its index. */
#include "sim/inspect/log_index.h"

/**
 * struct index_options
 * @every: events between two points, at least
 * @share: 0, or: a point takes at most this part of the log's bytes, so there are fewer where much has changed
 */
struct index_options {
	u64 every;
	u32 share;
};

/* What an index has that nobody has asked for otherwise. */
struct index_options index_defaults(void);

/*
 * Write the index of the log @log to @path; what was there before stays until the new one is whole.  Errors: those of log_open(),
 * ERR_USAGE: the log is none that has an index (a text, a pipe, one that is still being written), ERR_OPEN, ERR_DISK, ERR_INTERRUPT.
 */
MUST_CHECK int index_build(const char *log, const char *path, const struct index_options *o,
                           struct err *e);

/* Can the log have an index?  Its name then. */
bool index_log_name(struct log_source *s, struct log_name *out);
