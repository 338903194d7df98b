/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The scenario storm on a machine of its own, whose log in memory is what a test is about. */
#include "scenarios/scenarios.h"
#include "sim/machine/machine.h"
#include "sim/machine/run.h"

/**
 * struct kit_storm_opts
 * @side:    errata, "all=intended"; NULL: their defaults
 * @options: "panics=50", ...; ends with NULL
 * @over:    an episode other than the last is over; may be NULL
 */
struct kit_storm_opts {
	u32 cpus;
	u64 seed, ops, episode_ops;
	const char *side;
	const char *const *options;
	void (*over)(void *arg, const struct machine *m);
};

/**
 * struct kit_storm - when it is over
 * @log: closed
 */
struct kit_storm {
	struct log_config config;
	struct log *log;
	struct machine *m;
	struct run_result result;
	struct workload w;
	struct params model;
	u64 values[SCENARIO_MAX_OPTIONS];
};

/* All operations are done, and nothing was unexpected. */
void kit_storm_run(struct kit_storm *k, const struct kit_storm_opts *o);
void kit_storm_free(struct kit_storm *k);
