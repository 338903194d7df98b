/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A step that fits nowhere. */
#include "sim/log/read/merge_state.h"

/* The step @s of CPU @cpu is not the next one of its lock @l and never will be: why, into *f. */
void merge_misfit(struct merge_finding *f, u32 cpu, const struct decode_step *s,
                  const struct merge_lock *l) __attribute__((cold));
