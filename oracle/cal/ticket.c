// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/ticket.h"

#include "sim/base/check.h"

void cal_ticket_init(struct cal_ticket *s, bool wraps, u64 t, u64 n)
{
	*s = (struct cal_ticket){ .t = wraps ? (u32)t : t,
		                  .n = wraps ? (u32)n : n,
		                  .wraps = wraps };
}

void cal_ticket_free(struct cal_ticket *s)
{
	free(s->q);
	*s = (struct cal_ticket){ 0 };
}

u32 cal_ticket_bound(const struct cal_ticket *s, u32 i)
{
	SIM_ASSERT_DBG(i < s->len);
	return s->q[(s->head + i) & (s->cap - 1)];
}

/* Twice the room, the ring straightened. */
static void grow(struct cal_ticket *s)
{
	u32 cap = s->cap ? s->cap * 2 : 16;
	u32 *q = xcalloc(cap, sizeof(*q));

	for (u32 i = 0; i < s->len; i++)
		q[i] = cal_ticket_bound(s, i);
	free(s->q);
	s->q = q;
	s->cap = cap;
	s->head = 0;
}

void cal_ticket_push(struct cal_ticket *s, u32 bound)
{
	if (s->len == s->cap)
		grow(s);
	s->q[(s->head + s->len++) & (s->cap - 1)] = bound;
}

static u64 next(const struct cal_ticket *s, u64 z)
{
	return s->wraps ? (u32)(z + 1) : z + 1;
}

enum cal_row cal_ticket_lock_step(struct cal_ticket *s, const struct event *e)
{
	switch ((enum event_kind)e->kind) {
	case EV_INC_TICKET:
		s->t = next(s, s->t);
		cal_ticket_push(s, e->arg);
		return CAL_OK;
	case EV_INC_NOW:
		s->n = next(s, s->n);
		/* SOURCE: an empty queue stays empty, now moves all the same. */
		if (s->len) {
			s->head = (s->head + 1) & (s->cap - 1);
			s->len--;
		}
		return CAL_OK;
	case EV_GET_NOW:
	case EV_HOLD_LOCK:
	case EV_OPULL:
	case EV_OCORE_DATA:
	case EV_OS2_PAGE:
	case EV_ONPT:
	case EV_OVMINFO:
	case EV_OSPT:
	case EV_OSMMU:
	case EV_OFLATMEM:
		return CAL_OK;
	case EV_CAS_TICKET:
	case EV_WAIT_LOCK:
	case EV_REL_LOCK:
		return T_NOT_TICKET;
	case EV_NONE:
	case EV_END:
	case MARK_BARRIER:
	case MARK_BEGIN:
	case MARK_END_OP:
	case MARK_STUCK:
	case MARK_PANIC:
	case MARK_EPISODE:
	case MARK_CLOSE:
	case MARK_STOPPED:
	case MARK_OP:
	case MARK_SEVENT:
	case MARK_MEMORY:
	case EV_NR:
		break;
	}
	SIM_UNREACHABLE();
}

bool cal_ticket_wait(struct cal_ticket *s, u64 b, cpu_t cpu, u64 t, struct cal_env *env,
                     struct cal_events *out)
{
	for (; b > 0; b--) {
		u32 from = out->n;

		env->query(env, cpu, out);
		vec_push(out, cal_event(EV_GET_NOW, cpu, 0));
		for (u32 i = from; i < out->n; i++)
			if (cal_ticket_lock_step(s, &out->v[i]) != CAL_OK)
				return false;
		if (s->n == t)
			return true;
	}
	return false;
}
