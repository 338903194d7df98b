/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Part of a log as bars: operations, waits and sections, for whoever draws them.  Times are nanoseconds since the first event of the part, or of a
 * log without timestamps numbers of events since then.
 */
#include "sim/log/source.h"

#include <jansson.h>

/**
 * struct timeline_options - which part
 * @from, @to: indices in the merged log, both included; what began before and ends within begins at @from
 * @bytes:     about so many, as JSON, and no more; the part ends there
 * @keep_going: asked now and then; false ends it early (NULL: never)
 */
struct timeline_options {
	u64 from, to;
	size_t bytes;
	bool (*keep_going)(void);
};

/**
 * struct timeline_part - what came of it
 * @from, @to: first and last event that is in it; @events: of the whole log; @n: bars
 */
struct timeline_part {
	u64 from, to, events;
	u32 n;
};

/*
 * Read @s to its end.  Gives an object:
 *   unit   "ns" or "events"
 *   cpus   how many
 *   locks  [names]
 *   names  [operations with their arguments, each once]
 *   ops    [[cpu, depth (0: of the workload, 1: of the hypervisor), name, begin, end, event of the begin, of the end], ...]
 *   locked [[cpu, lock, name of the operation, asked, had, let go, event of each of the three], ...]; had = asked: it did not wait
 *   marks  [[cpu, text, at, event], ...]: halts, episodes, stuck calls
 * all in the order of their ends.  What has no end within the part ends with it.  NULL: the source's error.
 */
json_t *timeline_read(struct log_source *s, const struct timeline_options *o,
                      struct timeline_part *out, struct err *e);
