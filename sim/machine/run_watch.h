/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The watch over a run: it ends what does not end, and takes no simulated lock. */
#include "sim/machine/runner.h"

/* Look now and then, until all threads have ended. */
void watch_until_ended(struct runner *r, struct run_result *out);
