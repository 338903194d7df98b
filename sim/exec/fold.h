/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The published folds over a script's log, as a primitive asks for them. */
#include "cpu/env.h"

struct env_events;

/**
 * struct fold_from
 * @t, @n: counters at the start
 * @as_published: H_CalLock is applied to the log as it stands (erratum ticket-log)
 */
struct fold_from {
	u32 fairness;
	u64 t, n;
	bool as_published;
};

/* Fold the whole log; false: None. */
bool fold_log(const struct env_events *log, enum env_fold fold, const struct fold_from *from,
              struct env_state *out);
