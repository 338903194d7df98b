/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a run's operations came to: for each kind how many had their effect, and whose the pages are at the end. */
#include "sim/cli/run_setup.h"

#include <jansson.h>

/* Nothing when the scenario does not count its operations. */
void run_counts_print(const struct run_setup *r);
/* "operations", "pages", "atomic_events", "panics" into @o. */
void run_counts_json(const struct run_setup *r, json_t *o);
/* Atomic events of the hypervisor, all CPUs. */
u64 run_atomic_events(const struct run_setup *r);
