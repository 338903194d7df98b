/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The streams of a log that is no file: what writes them implements this, and what reads them knows no more of the writer.
 * There are two kinds: chunks in memory, read while all CPUs have met, and portions that running CPUs hand over.
 */
#include "sim/log/config.h"
#include "sim/log/format.h"

/**
 * struct stream_place - how far a reader of a stream in memory has come
 * @chunk: number within the stream (seq)
 * @read:  bytes of its records that were taken
 */
struct stream_place {
	u64 chunk, read;
};

/**
 * struct chunk_source - chunks in memory
 * @next: more records of @cpu's stream behind *@at, up to the end of a chunk: *cur, *n bytes, LOG_PAD_BYTES more may be touched; they
 *        stay until the log forgets them, and *@at is behind them.  Of records that the log has forgotten there are none.
 *        False: there is no more now.  All CPUs have met.
 */
struct chunk_source {
	const struct log_config *config;
	bool (*next)(const struct chunk_source *s, u32 cpu, struct stream_place *at, const u8 **cur,
	             u64 *n);
};

/**
 * struct log_portion - a CPU's next records
 * @cur, @n: its bytes; they are records without a 0 byte behind them, and the CPU may be writing right behind them
 * @chunk:   to be given back with the portion, or NULL: more of it will come
 * @ns:      when it was handed over (clock_ns())
 */
struct log_portion {
	u32 cpu, n;
	u64 ns;
	const u8 *cur;
	struct log_chunk_header *chunk;
};

/**
 * struct live_source - what the CPUs hand over while they run, to one reader
 * @take:      the next portion: those of one CPU in the order of its stream, those of all CPUs mixed.  False: there is none now
 * @give_back: the portion's bytes will not be looked at any more
 */
struct live_source {
	const struct log_config *config;
	bool (*take)(struct live_source *s, struct log_portion *out);
	void (*give_back)(struct live_source *s, const struct log_portion *p);
};
