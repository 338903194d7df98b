// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/queue.h"

void q_cal_init(struct q_state *s, u32 fairness, u64 now)
{
	*s = (struct q_state){ .now = now, .other = fairness, .st = LEMPTY, .fairness = fairness };
}

bool q_cal_wait(struct q_state *s, u64 b, cpu_t cpu, struct cal_env *env, struct cal_events *out)
{
	for (; b > 0; b--) {
		u32 from = out->n;

		env->query(env, cpu, out);
		vec_push(out, cal_event(EV_GET_NOW, cpu, 0));
		for (u32 i = from; i < out->n; i++)
			if (q_cal_step(s, &out->v[i]) != CAL_OK)
				return false;
		if (s->n == 0)
			return false;
		if (q_cpu(s, 0) == cpu)
			return true;
	}
	return false;
}
