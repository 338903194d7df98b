/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Two logs read in step, episode by episode, into pairs. */
#include "sim/inspect/diff_pairs.h"
#include "sim/log/source.h"

/*
 * Read both to their ends.  The first episode of one is laid beside the first of the other, and so on; *@events and *@episodes are
 * what each log has.  Memory grows with what one log is ahead of the other within an episode.  < 0: the error of log *@whose.
 */
MUST_CHECK int diff_read(struct log_source *const s[DIFF_LOGS], struct diff_pairs *p,
                         u64 events[DIFF_LOGS], u64 episodes[DIFF_LOGS], u32 *whose, struct err *e);
