/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The environment of a wait: an oracle that answers each query with what the other CPUs did. */
#include "sim/base/vec.h"
#include "sim/log/event.h"

struct cal_events {
	struct event *v;
	u32 n, cap;
};

/**
 * struct cal_env
 * @query: append the answer to @out; called once a round
 */
struct cal_env {
	void (*query)(struct cal_env *env, cpu_t cpu, struct cal_events *out);
	void *arg;
};

static inline struct event cal_event(enum event_kind kind, cpu_t cpu, u32 arg)
{
	return (struct event){ .kind = (u8)kind, .cpu = (u8)cpu, .arg = arg };
}
