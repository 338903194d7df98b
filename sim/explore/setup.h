/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The machine of a scope, with its log in memory, as it is when the explored part begins; and what comes from outside. */
#include "sim/exec/scope.h"
#include "sim/explore/calls.h"
#include "sim/explore/clock.h"
#include "sim/explore/judge.h"
#include "sim/machine/machine.h"

/**
 * struct taken_values - of those that a CPU is fed in the explored part, of one oracle and VM
 * @before: so many it had taken; @now: so many of those that it is taking now were asked for
 * @first:  number, among all, of the first value that it is taking now
 */
struct taken_values {
	u64 first;
	u32 before, now;
};

/* A value that is fed by its number. */
struct fed_value {
	bool core;
	vmid_t vmid;
	u64 n, value;
};

/**
 * struct setup
 * @before:  [scope->before.n] what the calls before came to
 * @left:    [scope->before.n] how far the stream of the call's CPU had come behind it
 * @keyed:   the machine's parameters as it was made: what the scope does not feed
 * @fed:     by number; @fed_before of them when the explored part begins
 * @runs:    the CPU that runs
 * @call:    [cpu] the call that it makes, its number, and how many of the call's own values of the core's oracle were taken
 * @data, @core: [cpu][vmid]
 */
struct setup {
	const struct scope *scope;
	struct log_config config;
	struct fixed fixed;
	struct log *log;
	struct machine *m;
	struct params keyed;
	struct called *before;
	struct judge_place *left;
	struct {
		struct fed_value *v;
		u32 n, cap;
	} fed;
	u32 fed_before;
	u32 runs;
	struct {
		const struct scope_call *call;
		u32 number, own;
		bool explored;
	} call[EXPLORE_CPUS];
	struct taken_values data[EXPLORE_CPUS][N_VMID], core[EXPLORE_CPUS][N_VMID];
};

/*
 * setup_new() - make it, and the calls before
 * @logged: it has a log, in memory; else one that is off
 *
 * Errors: ERR_MEMORY; ERR_USAGE: more CPUs than EXPLORE_CPUS; a call before did not come to what is expected ("NAME:LINE:COLUMN: expected 1, got
 * 0"), or left the machine halted, stuck, or a lock held; no program has a call
 */
MUST_CHECK int setup_new(struct setup **out, const struct scope *scope, bool logged, struct err *e);
/*
 * The same with its log in the file @path (log_create_file()), for an engine that runs once.  setup_close() makes it whole, when the
 * execution is over.  Errors: also ERR_OPEN, ERR_DISK, ERR_NOT_FILE, ERR_HOST.
 */
MUST_CHECK int setup_new_file(struct setup **out, const struct scope *scope, const char *path,
                              bool force, struct err *e);
MUST_CHECK int setup_close(struct setup *s, struct err *e);
void setup_free(struct setup *s);
/* An execution begins: no value was taken in it. */
void setup_begin(struct setup *s);
/* The CPU of the call is about to make it, number @number of @part's, or of its program. */
void setup_call(struct setup *s, const struct scope_call *call, enum scope_part part, u32 number);
/* CPU @cpu is about to take values of the VM's data oracle (POINT_DATA). */
void setup_takes_data(struct setup *s, u32 cpu, vmid_t vmid);
