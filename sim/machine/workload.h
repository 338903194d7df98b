/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the CPUs of a run do, how long, and what it came to. */
#include "sim/base/rng.h"
#include "sim/machine/machine.h"

/* Arguments of an operation of a workload. */
enum { OP_MAX_ARGS = 5 };

/**
 * struct operation - one operation of a workload
 * @kind: index into the workload's and the header's op_names
 * @args: [n_args]
 */
struct operation {
	u32 kind, n_args;
	u64 args[OP_MAX_ARGS];
	u64 result;
};

/* operation.kind: no operation; the machine is used up, all CPUs meet for the next episode. */
enum { OP_NEW_EPISODE = 0xffffffff };

/**
 * struct workload - what the CPUs do
 * @op_names: names of the operations, ends with NULL
 * @fixed:   memory regions and SMMUs of its machine, which then boots as machine_boot_config() says; NULL: none
 * @params:  change what the source leaves open, from the defaults (cpu/params.h); NULL: nothing
 * @choose: decide CPU @cpu's operation number @n of this episode, from @r and what the CPU's own operations came to
 * @execute: do it, below cpu_call(); owns no host resource
 * @ended:   how it ended, on the CPU's thread; NULL: nobody asks
 * @over:    all CPUs have met at the end of an episode, before the machine is reset, which a panic may have halted;
 *           NULL: nobody asks.  The last episode's end is the run's
 * @episode: all CPUs have met and the machine was reset: forget what was known of it; NULL: nothing to forget
 * @panics:  a panic ends the episode, not the run
 */
struct workload {
	void *arg;
	const char *const *op_names;
	const struct fixed *fixed;
	void (*params)(void *arg, struct params *p);
	void (*choose)(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op);
	void (*execute)(struct cpu *c, void *arg, struct operation *op);
	void (*ended)(void *arg, struct cpu *c, const struct operation *op, enum outcome how);
	void (*over)(void *arg, const struct machine *m);
	void (*episode)(void *arg, const struct machine *m);
	bool panics;
};

enum run_end {
	RUN_DONE,        /* operations or time are used up */
	RUN_INTERRUPTED, /* by the user */
	RUN_STUCK,       /* a call was stuck: machine->cpu[result.cpu].stuck */
	RUN_DEADLOCK,    /* CPUs wait for each other: result.text */
	RUN_STALL,       /* a CPU does not move: result.text */
	RUN_PANIC,       /* the machine halted: machine->cpu[result.cpu].panic */
	RUN_LOG_FAILED,  /* the log could not go on: log->error */
	RUN_FOUND,       /* who judges the run while it lasts has found something */
};

/**
 * struct run_opts
 * @ops:         operations of each CPU; 0: no limit
 * @duration_ms: 0: no limit
 * @episode_ops: operations of each CPU in one episode; 0: one episode
 * @stall_ms:    a running CPU for which nothing moves for so long, while the watch looks, is a stall: no operation ends, no wait does,
 *               and nobody before it is served
 * @interrupts:  number of interrupts so far (a signal handler counts): 1 ends the run, and stops it where a CPU does not move, 2 stops it;
 *               NULL: none
 * @found:       set when the run shall stop because something was found; NULL: nobody looks
 * @consume:     all CPUs have met because the log is full, and all locks are free: judge what is there and make room.  Called by one thread at a time.
 * @progress:    called by the watch now and then; NULL: nobody looks
 */
struct run_opts {
	u64 ops, duration_ms, episode_ops, stall_ms;
	const volatile int *interrupts;
	const struct flag *found;
	void (*consume)(void *arg);
	void (*progress)(void *arg, u64 elapsed_ms, u64 ops);
	void *arg;
};

/**
 * struct run_result
 * @cpu:  who was stuck, or who halted the machine: the report is its
 * @ops:  operations done, all CPUs
 * @panics: episodes that ended in a panic; @reasons: of these, by why the machine was halted first
 * @text: who waits for whom, or who does not move
 */
struct run_result {
	enum run_end end;
	u32 cpu;
	u64 ops, episodes, panics, elapsed_ns, cpu_ns;
	u64 cpu_ops[MAX_CPU];
	u64 reasons[PANIC_NR];
	char text[512];
	bool whole; /* every operation that was begun has ended */
};
