/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A log in memory whose streams go back to a place that is kept, as often as one likes: what was written behind it is gone, and
 * what is written then takes its room.  No CPU writes meanwhile, and nothing that has read beyond the place may read on.
 *
 * All streams are kept, also the run's own, which begins for that if it has not.  Going back costs time in proportion to what
 * was written, and a few instructions for each stream in which nothing was.
 */
#include "sim/log/write/log.h"

struct log_keep;

/*
 * The place is where @l's streams are.  @l is in memory and not handed over; log_rewind() ends what was kept.  Errors:
 * ERR_MEMORY.
 */
MUST_CHECK int log_keep_new(struct log_keep **out, struct log *l, struct err *e);
void log_keep_free(struct log_keep *k);

/* The place is where the streams are now. */
void log_keep_here(struct log_keep *k);

/*
 * Each stream is as it was there, and nothing stands behind it.  Of the chunks that it has begun since, one stays ready for it.
 * A log that has failed stays as it is.
 */
void log_keep_return(struct log_keep *k);
