/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The merge at work: streams go on, wait, and are woken, until the batch is full or nobody can go on. */
#include "sim/log/read/merge_state.h"

/* Fill @m->batch. */
void merge_fill(struct merge *m);
