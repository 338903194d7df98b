/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scenario: what N CPUs do, from which start, and what must hold at the end.  The list is scenarios.def; each
 * scenario is one file.
 */
#include "sim/machine/run.h"

enum { SCENARIO_MAX_OPTIONS = 8 };

/* Which verdict a run of it is expected to have. */
enum verdict { VERDICT_CLEAN, VERDICT_VIOLATION };

/**
 * struct scenario_option - one KEY=VALUE of -o
 * @min, @max: both included; @value: the default
 */
struct scenario_option {
	const char *key, *sentence;
	u64 min, max, value;
};

/**
 * struct scenario
 * @aim:     one sentence more, for the list
 * @cpus:    default number of CPUs; @min_cpus: fewer make no sense
 * @options: ends with a row whose key is NULL
 * @ops:     names of its operations, ends with NULL; operation.kind is an index
 * @start:   both counters of every lock word at the start
 * @begin:   make the workload's state for @cpus CPUs; @values: one for each option, in their order
 * @verify:  after a run that ended in order: does the machine hold what the operations were to do?  Returns false and
 *           says what differs.  NULL: nothing beyond the checks
 * @end:     free the state
 */
struct scenario {
	const char *name, *sentence, *aim;
	enum verdict expected;
	u32 cpus, min_cpus;
	const struct scenario_option *options;
	const char *const *ops;
	u32 start;
	int (*begin)(struct workload *w, u32 cpus, const u64 *values, struct err *e);
	bool (*verify)(const struct workload *w, const struct machine *m, char *text, size_t size);
	void (*end)(struct workload *w);
};

/* NULL-terminated. */
extern const struct scenario *const scenarios[];

const struct scenario *scenario_by_name(const char *name);

/* "KEY=VALUE" into @values; ERR_USAGE names what is wrong and what there is. */
MUST_CHECK int scenario_option_set(const struct scenario *s, const char *key_value, u64 *values,
                                   struct err *e);
void scenario_option_defaults(const struct scenario *s, u64 *values);
