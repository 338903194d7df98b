/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A scenario: what N CPUs do, from which start, and what must hold at the end.  The list is scenarios.def; each
 * scenario is one file.
 */
#include "sim/machine/run.h"
#include "sim/machine/surprise.h"

enum { SCENARIO_MAX_OPTIONS = 24, SCENARIO_MAX_OPS = 64, SCENARIO_MAX_FORMS = 192 };

/* Which verdict a run of it is expected to have. */
enum verdict { VERDICT_CLEAN, VERDICT_VIOLATION };

/**
 * struct scenario_option - one KEY=VALUE of -o
 * @min, @max: both included; an option of 0..1 is also "off" and "on"
 * @value:     the default
 */
struct scenario_option {
	const char *key, *sentence;
	u64 min, max, value;
};

/* Is it a switch, on or off? */
static inline bool scenario_option_switch(const struct scenario_option *o)
{
	return o->min == 0 && o->max == 1;
}

struct scenario;

/**
 * struct scenario_setup - what a run of it is to be
 * @scenario:  that it begins
 * @total_cpu: TOTAL_CPU of the machine, 8 at least
 * @values:    one for each option, in their order
 */
struct scenario_setup {
	const struct scenario *scenario;
	u32 cpus, total_cpu;
	const u64 *values;
	const struct errata *errata;
};

/**
 * struct scenario_shares - how its operations came out, of those behind the beginnings of episodes
 * @on_running: about a VM one of whose vCPUs ran
 * @halting:    halted the machine
 * @median_episode: operations, all CPUs, that half of the episodes came to
 */
struct scenario_shares {
	u64 operations, on_running, refused, halting, median_episode;
};

/* An illegal form of an operation. */
struct scenario_form {
	const char *operation, *form;
};

/**
 * struct scenario_forms - illegal forms of its operations
 * @all, @drawn: how many there are, and were done
 * @never: [n_never] the others
 */
struct scenario_forms {
	u32 all, drawn, n_never;
	struct scenario_form never[SCENARIO_MAX_FORMS];
};

/* How often operations of one kind had their effect, were refused without one, or halted the machine. */
struct scenario_row {
	const char *name;
	u64 did, refused, panicked;
};

/**
 * struct scenario
 * @aim:     one sentence more, for the list
 * @cpus:    default number of CPUs; @min_cpus: fewer make no sense
 * @wait:    default policy of waiting; @perturb: and of delays, in percent (cpu/perturb.h)
 * @options: ends with a row whose key is NULL
 * @start:   both counters of every lock word at the start
 * @errata:  "ID=side" of errata whose other side is the default, and which it needs; ends with NULL.  NULL: none
 * @tlb:     its CPUs have translation buffers, as with --tlb
 * @begin:   make the workload's state
 * @verify:  after a run that ended in order: does the machine hold what the operations were to do?  Returns false and
 *           says in *out what differs.  NULL: nothing beyond the checks
 * @report:  after a run: its kinds of operations, SCENARIO_MAX_OPS at most; how many.  NULL: it does not count them
 * @forms:   after a run; NULL: it has none
 * @unforeseen: the scenario knows of nothing beforehand what must come of it, and has no option claims
 * @shares:  after a run; NULL: it does not count them
 * @end:     free the state
 */
struct scenario {
	const char *name, *sentence, *aim;
	enum verdict expected;
	u32 cpus, min_cpus;
	enum wait_kind wait;
	u32 perturb;
	const struct scenario_option *options;
	u32 start;
	const char *const *errata;
	bool tlb;
	int (*begin)(struct workload *w, const struct scenario_setup *s, struct err *e);
	bool (*verify)(const struct workload *w, const struct machine *m, struct run_differs *out);
	u32 (*report)(const struct workload *w, struct scenario_row *rows);
	void (*forms)(const struct workload *w, struct scenario_forms *out);
	bool unforeseen;
	void (*shares)(const struct workload *w, struct scenario_shares *out);
	void (*end)(struct workload *w);
};

/* "KEY=VALUE" into @values; ERR_USAGE names what is wrong and what there is. */
MUST_CHECK int scenario_option_set(const struct scenario *s, const char *key_value, u64 *values,
                                   struct err *e);
void scenario_option_defaults(const struct scenario *s, u64 *values);
