/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The events of a log, one a line. */
#include "sim/inspect/about.h"
#include "sim/inspect/nest.h"
#include "sim/log/source.h"

#include <stdio.h>

/*
 * SHOW_NESTED: for people: operations with the steps on locks indented below them.  SHOW_RAW: the text form, behind the
 * index.  SHOW_COLUMNS: a column for each CPU (sim/inspect/show_columns.h).
 */
enum show_form { SHOW_NESTED, SHOW_RAW, SHOW_COLUMNS, SHOW_JSON };

/**
 * struct show_options
 * @cpus, @locks: bits of those to show; all ones: every one
 * @kinds:        bits of event kinds
 * @in_ops, @ops: only what lies within one of these operations, and their own marks
 * @from, @to:    indices in the merged log, both included
 * @in_episode, @episode: only of this one
 * @in_time, @from_ns, @to_ns: only of these times, both included, of a log with timestamps
 * @about:        what the events are about
 * @width:        of a line of SHOW_COLUMNS
 * @keep_going:   asked now and then; false ends it early (NULL: never)
 * @more:         asked at the end of what is there; true: more may have come (NULL: it is all)
 */
struct show_options {
	u64 cpus, locks, kinds;
	bool in_ops;
	struct nest_ops ops;
	u64 from, to;
	bool in_episode;
	u64 episode;
	bool in_time;
	u64 from_ns, to_ns;
	struct about about;
	enum show_form form;
	u32 width;
	bool (*keep_going)(void);
	bool (*more)(struct log_source *s);
};

struct log_index;

/* Print what @o asks for; @ix: the log's index, or NULL.  < 0: the source's error, ERR_MEMORY; what came before is printed; ERR_USAGE: times of a log without. */
MUST_CHECK int log_show(struct log_source *s, struct log_index *ix, const struct show_options *o,
                        FILE *f, struct err *e);

/*
 * The operations that @name is the name of go to @ops: a function of the hypervisor, an atomic event (that of each such
 * function), or an operation of the workload of the log's configuration @c.  False: there is none.
 */
bool show_ops_by_name(struct nest_ops *ops, const struct log_config *c, const char *name);
