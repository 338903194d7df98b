// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/ticket.h"

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

void cal_ticket_grow(struct cal_ticket *s)
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

void cal_ticket_reserve(struct cal_ticket *s, u32 n)
{
	while (s->cap < n)
		cal_ticket_grow(s);
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
