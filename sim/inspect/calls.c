// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/calls.h"

#include "sim/inspect/cpu_state.h"

static void begin(struct calls *c, u64 index, const struct event *e)
{
	u32 cpu = e->cpu;
	struct call *call;

	if (c->n_open[cpu] == NEST_MAX || e->n == 0)
		return;
	call = &c->call[cpu][c->n_open[cpu]++];
	call->id = ++c->n;
	call->op = e->args[0];
	call->begun = index;
	call->ns = e->time_ns;
	call->atomic = e->kind == MARK_OP;
	(void)cpu_state_call(c->config, e, call->text, sizeof(call->text));
}

static void close_inner(struct calls *c, u32 cpu, u64 index, const struct event *e)
{
	const struct call *call = &c->call[cpu][--c->n_open[cpu]];

	c->ended(c->arg, cpu, call, index, e);
}

/* The innermost operation of that number ends, and what is within it was left. */
static void end(struct calls *c, u64 index, const struct event *e, bool atomic)
{
	u32 cpu = e->cpu, i = c->n_open[cpu];

	while (i > 0 && (c->call[cpu][i - 1].atomic != atomic ||
	                 (atomic && c->call[cpu][i - 1].op != (e->n ? e->args[0] : ~0ull))))
		i--;
	if (i == 0)
		return;
	while (c->n_open[cpu] > i)
		close_inner(c, cpu, index, NULL);
	close_inner(c, cpu, index, e);
}

void calls_leave(struct calls *c, u32 cpu)
{
	while (c->n_open[cpu])
		close_inner(c, cpu, 0, NULL);
}

void calls_mark(struct calls *c, u64 index, const struct event *e)
{
	switch (e->kind) {
	case MARK_BEGIN:
	case MARK_OP:
		begin(c, index, e);
		return;
	case MARK_END_OP:
		end(c, index, e, false);
		return;
	case MARK_SEVENT:
		end(c, index, e, true);
		return;
	case MARK_EPISODE:
	case MARK_STOPPED:
		calls_leave(c, e->cpu);
		return;
	default:
		return;
	}
}
