/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What to do when no stream can go on: fill the hole that a killed CPU left between its atomic and the store of its
 * record, or say what is wrong.
 */
#include "sim/log/read/merge.h"

/*
 * Streams are parked and none can go on.  True: a missing step was put out and the merge goes on.  False: @m has its
 * finding.
 */
bool merge_repair(struct merge *m);

/*
 * Streams are parked and none can go on, and more may come.  True: a holder that is away waited for one that it kept from its
 * lock; that one goes on.
 */
bool merge_unknot(struct merge *m);
