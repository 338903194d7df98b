/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * How an episode of clash ends: by what halts the machine, and as many others as can be had meet about one VM.  The first CPU that
 * has done its length follows a plan: it posts an operation and holds in a section of it that has the VM's record, and the
 * others come as hosts or as guests of the VM (clash_date.h).  The plan that was followed least comes next.
 */
#include "scenarios/clash_world.h"

/* Have the CPUs together done their lengths?  Then the episode ends from now on (clash_ends()). */
void clash_end_begins(struct kit_cpu *k, struct rng *r);
/* A step towards the end; false: there is none, and any operation may come. */
bool clash_end(struct kit_cpu *k, struct rng *r, struct operation *op);
