/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Records on their way from the CPUs to one reader while the CPUs run: closed chunks, and what there is of an open one when
 * a CPU is between two operations.  A queue without locks carries them; the reader never holds a CPU up.
 *
 * What a CPU did before it handed records over comes before what the reader does with them.  Nothing goes the other way:
 * the CPUs learn of the reader only that it wants more, and that order nothing.
 */
#include "sim/log/streams.h"
#include "sim/log/write/slots.h"
#include "sim/log/write/writer.h"

struct log_handover;

/* Takes the records of writers whose chunks lie in @slots and whose @config is the log's.  Errors: ERR_MEMORY. */
MUST_CHECK int log_handover_new(struct log_handover **out, struct log_slots *slots,
                                const struct log_config *config, struct err *e);
/* All writers and the reader have stopped. */
void log_handover_free(struct log_handover *h);

/* By the CPU, or when all have met: what @w has written since the last time.  Does nothing when nobody reads. */
void log_handover_give(struct log_writer *w);
/* The same when @w's chunk is closed and left; it is the reader's from now on. */
void log_handover_chunk(struct log_writer *w);
/* Has the reader asked since the CPU last handed over? */
bool log_handover_wanted(const struct log_writer *w);

/* The reader's side. */
struct live_source *log_handover_source(struct log_handover *h);
/* Ask each CPU for what it has; it answers when it is between two operations. */
void log_handover_ask(struct log_handover *h);
/* A number that changes when something is handed over; wait until it is not @seen any more, or for @ms; change it. */
u32 log_handover_count(const struct log_handover *h);
void log_handover_wait(const struct log_handover *h, u32 seen, u32 ms);
void log_handover_wake(struct log_handover *h);
