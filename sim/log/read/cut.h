/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The end of a log that is still being written, of a copy made meanwhile, or of one for which there was no room: each stream
 * ends anywhere, and what others did behind a step that lies beyond such an end cannot be merged.  It is looked at all the
 * same: a step that is missing must be one that can lie behind the end of its CPU's stream.
 */
#include "sim/log/read/merge_state.h"

/*
 * Steps of whose order with each other the laws are looked at, of all streams: those nearest to the cut.  Of what lies behind
 * them, each stream alone is looked at.
 */
enum { CUT_STEPS = 1 << 21 };

/*
 * @m can go on nowhere, and more may come behind the ends of its open streams only.  What is left of the episode, by each of
 * these laws (MERGE_HOLE_UNFIT, unless another row is named):
 *   - a rank is past, or is there twice, or its word does not fit (MERGE_DOUBLED, LATE, FORGED, WORD);
 *   - who passes a lock on, or is served, took a ticket before, in its own stream; and passed the last one on before it takes
 *     the next;
 *   - whoever made a missing step has no step of that lock behind it, and its stream is open at its end; an INC_NOW that is
 *     missing is that of the CPU whose ticket is served; and each of them takes one ticket at a time.
 * *f: the first finding, if there is none in it.  *behind: events that are left, in all episodes.  *e: a record that cannot be read.
 */
void cut_judge(const struct merge *m, struct merge_finding *f, u64 *behind, struct err *e);
