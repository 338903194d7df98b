// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/nest.h"

#include "sim/base/stash.h"
#include "sim/log/config.h"

static u32 open_level(struct nest_cpu *c, enum nest_kind kind, u64 id)
{
	u32 depth = c->n;

	if (c->n < NEST_MAX)
		c->level[c->n++] = (struct nest_level){ kind, id };
	return depth;
}

/* The innermost of them, and all within it. */
static u32 close_level(struct nest_cpu *c, enum nest_kind kind, u64 id)
{
	for (u32 i = c->n; i-- > 0;) {
		if (c->level[i].kind == kind && c->level[i].id == id) {
			c->n = i;
			break;
		}
	}
	return c->n;
}

static u32 close_all(struct nest_cpu *c)
{
	c->n = 0;
	return 0;
}

/* An operation of a workload is the outermost. */
static u32 close_work(struct nest_cpu *c)
{
	return c->n > 0 && c->level[0].kind == NEST_WORK ? close_all(c) : c->n;
}

u32 nest_event(struct nest *n, const struct event *e)
{
	struct nest_cpu *c = &n->cpu[e->cpu % MAX_CPU];
	u64 id = event_is_mark(e->kind) ? (e->n > 0 ? e->args[0] : 0) : e->lk;

	switch (e->kind) {
	case MARK_EPISODE:
	case MARK_CLOSE:
		return close_all(c);
	case MARK_BEGIN:
		return open_level(c, NEST_WORK, id);
	case MARK_END_OP:
	case MARK_STOPPED:
		return close_work(c);
	case MARK_OP:
		return open_level(c, NEST_OP, id);
	case MARK_SEVENT:
		return close_level(c, NEST_OP, id);
	case EV_HOLD_LOCK:
	case EV_WAIT_LOCK:
		return open_level(c, NEST_SECTION, id);
	case EV_INC_NOW:
	case EV_REL_LOCK:
		return close_level(c, NEST_SECTION, id);
	default:
		return c->n;
	}
}

struct nest_where nest_where(const struct nest *n, u32 cpu)
{
	const struct nest_cpu *c = &n->cpu[cpu % MAX_CPU];
	struct nest_where in = { NEST_NONE, NEST_NONE };

	for (u32 i = 0; i < c->n; i++) {
		if (c->level[i].kind == NEST_WORK)
			in.work = (u32)c->level[i].id;
		if (c->level[i].kind == NEST_OP)
			in.atomic = (u32)c->level[i].id;
	}
	return in;
}

const char *nest_work_name(const struct log_config *c, u64 work)
{
	return work < c->n_ops ? c->op_names[work] : NULL;
}

bool nest_inside(const struct nest *n, u32 cpu, const struct nest_ops *ops)
{
	const struct nest_cpu *c = &n->cpu[cpu % MAX_CPU];

	for (u32 i = 0; i < c->n; i++) {
		const struct nest_level *l = &c->level[i];

		if (l->kind != NEST_SECTION && l->id < 64 &&
		    (l->kind == NEST_WORK ? ops->work : ops->atomic) >> l->id & 1)
			return true;
	}
	return false;
}

void nest_stash(struct nest *n, u32 cpus, struct stash *s)
{
	for (u32 i = 0; i < cpus; i++) {
		struct nest_cpu *c = &n->cpu[i];

		stash_below(s, &c->n, NEST_MAX + 1);
		for (u32 k = 0; k < c->n; k++) {
			u32 kind = c->level[k].kind;

			stash_below(s, &kind, NEST_SECTION + 1);
			c->level[k].kind = (enum nest_kind)kind;
			stash_u64(s, &c->level[k].id);
		}
	}
}
