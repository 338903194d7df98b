/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What drawn.c and drawn_program.c share. */
#include "scenarios/kit_keep.h"
#include "sim/explore/drawn_lines.h"
#include "sim/explore/drawn_opts.h"
#include "sim/machine/undo.h"

/* That a vCPU takes from its VM's oracle when it runs for the first time: of them comes its entry point. */
enum { DRAWN_VCPU_VALUES = 3 };

/* Lines; no 0 behind them. */
struct text {
	char *v;
	u32 n, cap;
};

/**
 * struct drawer
 * @cpus, @ops, @before: as they are
 * @kept, @undo, @stats, @rng, @n: how it is behind what comes before
 * @now, @op: the operation that is made, and what it did
 * @dates:  percent of the operations that are about what another one was
 * @ran:    [vmid] vCPUs (bits) that have run before concurrent
 * @start, @program: [cpu] lines
 */
struct drawer {
	struct drawn_opts o;
	u32 cpus, ops, before;
	u64 values[SCENARIO_MAX_OPTIONS];
	struct errata errata;
	struct workload w;
	struct kit *kit;
	struct log_config config;
	struct log *log;
	struct machine *m;
	struct machine_undo *undo;
	struct kit_kept *kept;
	struct cpu_stats stats[DRAWN_MAX_CPUS];
	struct rng rng[DRAWN_MAX_CPUS], base_rng[DRAWN_MAX_CPUS];
	u64 n[DRAWN_MAX_CPUS], base_n[DRAWN_MAX_CPUS];
	struct operation now;
	struct drawn_op op;
	u64 dates, ran[N_VMID];
	struct text start, program[DRAWN_MAX_CPUS];
	u32 start_cpu;
};

/* How an operation was made: LAST: the machine has halted, or the call is stuck; NOT: there was none to be had; OVER: nothing can be said of it. */
enum made { MADE, MADE_LAST, MADE_NOT, MADE_OVER };

/* An operation of @cpu, d->now; what it did is d->op.  A few tries are made to find one. */
enum made drawn_make(struct drawer *d, u32 cpu);

static inline bool drawn_is_clash(const struct drawer *d)
{
	return d->o.row->starts != 0;
}

/* Does the operation run a vCPU that has not run before concurrent? */
bool drawn_runs_first(const struct drawer *d);
/* Another line; the lines of the operation; values that @vmid's oracle gives from number @n on. */
void drawn_add(struct text *t, const char *line);
void drawn_add_op(struct drawer *d, struct text *t);
void drawn_feed(struct drawer *d, struct text *t, vmid_t vmid, u64 n, u64 values);
