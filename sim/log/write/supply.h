/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Chunks that are made ahead.  A new chunk takes the kernel a tenth of a millisecond or more, during which a CPU stands
 * still, perhaps with a lock in its hand; so while a run lasts a thread has the next chunk of each busy CPU ready.
 *
 * It orders nothing: what a CPU takes from it carries no word of what another CPU did.
 */
#include "sim/base/types.h"
#include "sim/log/write/slots.h"

struct supply_thread;

/**
 * struct log_supply - gives @cpus CPUs their chunks
 * @slots:  where they lie
 * @thread: makes them ahead while a run lasts; NULL: each CPU makes its own
 * @spare:  [cpus] a chunk that was made ahead and is not in the CPU's stream yet, or NULL
 */
struct log_supply {
	struct log_slots *slots;
	u32 cpus;
	struct supply_thread *thread;
	struct log_chunk_header *spare[LOG_STREAMS];
};

/* All writers stand still.  Where there is no thread to be had, or one core only, CPUs make their own chunks. */
void log_supply_start(struct log_supply *s);
/* Chunks that were asked for and not used become their CPU's spare ones. */
void log_supply_stop(struct log_supply *s);

/* The next chunk of @cpu, ready or made now; NULL: the log has failed. */
struct log_chunk_header *log_supply_take(struct log_supply *s, u32 cpu);
/* A chunk that @cpu is done with, to be unmapped. */
void log_supply_drop(struct log_supply *s, u32 cpu, struct log_chunk_header *h);
