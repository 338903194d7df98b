/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One run of a workload on free-running CPUs, for a time, with a log or without one. */
#include "bench/frame.h"
#include "scenarios/scenario.h"

enum bench_log { BENCH_OFF, BENCH_MEMORY, BENCH_FILE };

/**
 * struct bench_run - what to run
 * @name:  for messages
 * @model: what the source leaves open; NULL: the defaults
 * @log:   in memory it begins again when it is 32 MiB large; a file is in @dir and deleted
 * @path:  instead of @dir: the file's name; it stays
 * @ops:   operations of each CPU; 0: as many as @seconds allow
 */
struct bench_run {
	const char *name;
	struct workload w;
	u32 cpus;
	struct wait_policy policy;
	struct errata errata;
	const struct params *model;
	enum bench_log log;
	const char *dir, *path;
	u64 ops;
	double seconds;
};

/* How the cores of this host wait: @kind, @admit as many CPUs as there are cores. */
struct wait_policy bench_policy(enum wait_kind kind, bool admit);

/**
 * struct bench_result
 * @ops:    operations of the workload; @atomic: of the hypervisor
 */
struct bench_result {
	u64 ops, atomic;
	double seconds;
};

/*
 * Run scenario @name with its default options, errata and model on @b->cpus CPUs; fills in the rest of @b's workload.  Ends
 * the process as bench_run() does.
 */
struct bench_result bench_scenario(struct bench_run *b, const char *name);

/* Run it.  Ends the process with a message when a call is stuck, or the machine halts and the workload did not mean to. */
struct bench_result bench_run(const struct bench_run *b);
