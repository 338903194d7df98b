/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The machine behind an event of a log: who is in which operation, holds and waits for what; and what objects hold. */
#include "sim/inspect/cell.h"
#include "sim/log/source.h"

#include <stdio.h>

enum at_what { AT_CPUS, AT_PAGE, AT_WALK, AT_CELL, AT_DUMP };

/**
 * struct at_options
 * @index:  of the last event, in the merged log
 * @number: the frame (AT_PAGE), the vmid (AT_WALK)
 * @addr:   of AT_WALK: below 2^64
 * @cell:   AT_CELL; of AT_DUMP its object
 */
struct at_options {
	u64 index;
	enum at_what what;
	u64 number, addr;
	struct log_cell cell;
	bool json;
};

struct log_index;

/* @ix: the log's index, or NULL.  < 0: the source's error; ERR_USAGE: the log has fewer events, or no memory to ask for. */
MUST_CHECK int log_at(struct log_source *s, struct log_index *ix, const char *path,
                      const struct at_options *o, FILE *f, struct err *e);
