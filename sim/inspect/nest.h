/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which brackets each CPU of a log is in: an operation of a workload, atomic operations of the hypervisor, sections. */
#include "sim/log/event.h"

/* Deeper ones are not seen. */
enum { NEST_MAX = 24 };

enum nest_kind { NEST_WORK, NEST_OP, NEST_SECTION };

/**
 * struct nest_level
 * @id: the operation's number, or the lock's
 */
struct nest_level {
	enum nest_kind kind;
	u64 id;
};

/**
 * struct nest
 * @level: [n] of a CPU, outermost first
 */
struct nest {
	struct nest_cpu {
		u32 n;
		struct nest_level level[NEST_MAX];
	} cpu[MAX_CPU];
};

/*
 * Take in the next event of a log; all that are in it, in their order.  Returns how deep it lies: an event that opens a
 * bracket, or closes one, as deep as the bracket.  What a jump has left open is closed by what closes around it.
 */
u32 nest_event(struct nest *n, const struct event *e);

enum { NEST_NONE = ~0u };

/**
 * struct nest_where - the operations that a CPU is in: numbers, or NEST_NONE
 * @work: of the workload; @atomic: the innermost of the hypervisor
 */
struct nest_where {
	u32 work, atomic;
};

struct nest_where nest_where(const struct nest *n, u32 cpu);

/* The name of a workload's operation, as the log's configuration has it; NULL: it has none. */
struct log_config;
const char *nest_work_name(const struct log_config *c, u64 work);

/**
 * struct nest_ops - operations, by number
 * @work: bits of a workload's; @atomic: of the hypervisor's
 */
struct nest_ops {
	u64 work, atomic;
};

/* Is @cpu in one of @ops? */
bool nest_inside(const struct nest *n, u32 cpu, const struct nest_ops *ops);

struct stash;
/* What the first @cpus CPUs are in, as bytes and back. */
void nest_stash(struct nest *n, u32 cpus, struct stash *s);
