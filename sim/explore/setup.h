/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The machine of a scope, with its log in memory, as it is when the explored part begins; and what comes from outside. */
#include "sim/exec/scope.h"
#include "sim/explore/calls.h"
#include "sim/explore/clock.h"
#include "sim/machine/machine.h"

/**
 * struct taken_values - of one oracle and VM, by one CPU in the explored part
 * @first: number of the first value that it is taking now
 * @before: how many it had taken before; @now: how many of those that it is taking were asked for
 */
struct taken_values {
	u64 first;
	u32 before, now;
};

/**
 * struct setup
 * @before:  [scope->before.n] what the calls before came to
 * @keyed:   the machine's parameters as it was made: what the scope does not feed
 * @runs:    the CPU that runs
 * @explored: the explored part has begun
 * @data, @core: [cpu][vmid] values taken in this execution
 */
struct setup {
	const struct scope *scope;
	struct log_config config;
	struct fixed fixed;
	struct log *log;
	struct machine *m;
	struct params keyed;
	struct called *before;
	u32 runs;
	bool explored;
	struct taken_values data[EXPLORE_CPUS][N_VMID], core[EXPLORE_CPUS][N_VMID];
};

/*
 * setup_new() - make it, and the calls before
 *
 * Errors: ERR_MEMORY; ERR_USAGE: more CPUs than EXPLORE_CPUS; a call before did not come to what is expected ("NAME:LINE: expected 1, got 0"),
 * or left the machine halted, stuck, or a lock held
 */
MUST_CHECK int setup_new(struct setup **out, const struct scope *scope, struct err *e);
void setup_free(struct setup *s);
/* An execution begins: no value was taken in it. */
void setup_begin(struct setup *s);
/* CPU @cpu is about to take values of the VM's data oracle (POINT_DATA). */
void setup_takes_data(struct setup *s, u32 cpu, vmid_t vmid);
