/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Records on their way from the CPUs to one reader while the CPUs run: closed chunks, and what there is of an open one when
 * a CPU is between two operations.  A queue without locks carries them; the reader never holds a CPU up.
 *
 * What a CPU did before it handed records over comes before what the reader does with them.  Nothing goes the other way:
 * the CPUs learn of the reader only that it wants more, and that order nothing.
 */
#include "sim/log/write/log.h"

/**
 * struct log_portion - a CPU's next records
 * @cur, @n: its bytes; they are records without a 0 byte behind them
 * @chunk:   to be given back with the portion, or NULL: more of it will come
 */
struct log_portion {
	u32 cpu, n;
	const u8 *cur;
	struct log_chunk_header *chunk;
};

/* From here on @l's records are handed over; no CPU has written yet.  @limit_bytes may wait.  Errors: ERR_MEMORY. */
MUST_CHECK int log_handover_start(struct log *l, u64 limit_bytes, struct err *e);
/* All writers and the reader have stopped. */
void log_handover_free(struct log *l);

/* By the CPU, or when all have met: what @w has written since the last time.  Does nothing when nobody reads. */
void log_handover_give(struct log_writer *w);
/* The same when @w's chunk is closed and left; it is the reader's from now on. */
void log_handover_chunk(struct log_writer *w);
/* Has the reader asked since the CPU last handed over? */
bool log_handover_wanted(const struct log_writer *w);

/* By the reader: the next portion, or false: there is none now. */
bool log_handover_take(struct log *l, struct log_portion *out);
/* Its bytes will not be looked at any more. */
void log_handover_give_back(struct log *l, const struct log_portion *p);
/* Ask each CPU for what it has; it answers when it is between two operations. */
void log_handover_ask(struct log *l);
/* A number that changes when something is handed over; wait until it is not @seen any more, or for @ms; change it. */
u32 log_handover_count(const struct log *l);
void log_handover_wait(const struct log *l, u32 seen, u32 ms);
void log_handover_wake(struct log *l);
