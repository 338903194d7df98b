/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a scripted environment (sim/exec/env.h) keeps. */
#include "sim/base/vec.h"
#include "sim/exec/payload.h"
#include "sim/machine/machine.h"

/**
 * struct env_event - one event of a lock's log
 * @payload: of a push; owned by the environment
 * @applied: the object in memory holds what it says
 */
struct env_event {
	u8 kind, cpu;
	bool applied;
	u32 arg;
	struct payload *payload;
};

/* [n] oldest first */
struct env_events {
	struct env_event *v;
	u32 n, cap;
};

/**
 * struct env_log
 * @ev:    [n] oldest first
 * @batch: [n] what the environment answers, query by query; @next: the next one
 * @fresh: where the last query's answer begins in @ev
 */
struct env_log {
	struct env_events ev;
	VEC(struct env_events) batch;
	u32 next;
	u32 fresh;
};

/**
 * struct env_op - an atomic operation of the hypervisor that was done: slog
 */
struct env_op {
	u8 cpu, n;
	u16 op;
	u64 args[5];
};

struct env_undo;

/**
 * struct env - of one machine
 * @whole: pushes carry the whole contents (as recorded vectors have them), not differences
 * @slog:  [n] oldest first
 * @payloads: all that were made or taken over; freed with the next reset
 */
struct env {
	struct machine *m;
	bool whole;
	struct env_log log[LK_SPACE];
	struct payload_contents contents;
	VEC(struct env_op) slog;
	VEC(struct payload *) payloads;
	struct env_undo *undo;
};
