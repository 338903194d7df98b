/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The run's own stream, which has marks only and no step of a lock. */
#include "sim/log/read/merge_state.h"

/* Put out what the run's own stream says of episodes up to the running one.  False: the batch is full. */
bool merge_put_run_marks(struct merge *m);
