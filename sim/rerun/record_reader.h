/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A log becomes episodes that can be executed again, one after the other. */
#include "sim/log/text/open.h"
#include "sim/rerun/recorded.h"

struct record_reader;

/* @source stays the caller's and gives a machine's log.  @only: of all episodes but this one nothing is kept; ~0: of none. */
struct record_reader *record_reader_new(struct log_source *source, u64 only);
void record_reader_free(struct record_reader *r);

/*
 * The next episode that is kept: 1 and *@out, which recorded_free() frees; 0: there is none.  < 0: the source's error; ERR_USAGE: the log
 * has what cannot be executed again ("event 12: ...").
 */
MUST_CHECK int record_reader_next(struct record_reader *r, struct recorded **out, struct err *e);
