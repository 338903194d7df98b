/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The operations that each CPU of a log is in, with their arguments, and each as it ends. */
#include "sim/inspect/nest.h"
#include "sim/log/config.h"

/**
 * struct call - an operation that has begun
 * @id:     of the log's operations in the order of their beginnings, from 1 on
 * @atomic: of the hypervisor, else of the workload; @op: its number
 * @begun, @ns: the event with which it began, and that event's time
 * @text:   with its arguments
 */
struct call {
	u64 id, op, begun, ns;
	bool atomic;
	char text[160];
};

/**
 * struct calls
 * @ended: @call of @cpu has ended, with event number @index, @e; @e NULL: it was left, by what closed around it, a jump, or the end of its
 *         episode.  calls_inner() is the one around it by then
 * @n:     operations that have begun; @call: [cpu][@n_open of the CPU] those that are open, the outermost first
 */
struct calls {
	const struct log_config *config;
	void (*ended)(void *arg, u32 cpu, const struct call *call, u64 index,
	              const struct event *e);
	void *arg;
	u64 n;
	u32 n_open[MAX_CPU];
	struct call call[MAX_CPU][NEST_MAX];
};

/* The next mark of the log; all of them in their order.  The first mark of an episode leaves what its CPU is in. */
void calls_mark(struct calls *c, u64 index, const struct event *e);
/* What the CPU is in is left. */
void calls_leave(struct calls *c, u32 cpu);

/* The innermost operation that the CPU is in; NULL: none. */
static inline const struct call *calls_inner(const struct calls *c, u32 cpu)
{
	return c->n_open[cpu] ? &c->call[cpu][c->n_open[cpu] - 1] : NULL;
}
