/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Where the chunks of a log lie, LOG_SLOT_BYTES each: in memory, or in a mapped file; and the first thing that went wrong. */
#include "sim/base/err.h"
#include "sim/base/flag.h"
#include "sim/log/format.h"

enum log_kind { LOG_OFF, LOG_MEMORY, LOG_FILE };

/**
 * struct log_slots
 * @path, @fd:   of a file; else NULL and -1
 * @header_bytes: of the file: where its first slot begins
 * @next_slot:   number of the next free slot of the file; with @used_bytes the only words that writers share, touched once a chunk
 * @limit_bytes: at so many @used_bytes @full is set
 * @used_bytes:  of a log in memory: of all chunks; of one that is handed over: of the chunks that the reader has not given back
 * @reserved_bytes: of the file: so long it must be; @mapped: its chunks are mapped; @cut_short: it is shorter now
 * @full:        the CPUs are asked to meet
 * @failed:      a chunk could not be had (disk full, out of memory): streams are cut there, the run must stop; @error says why
 */
struct log_slots {
	enum log_kind kind;
	int fd;
	char *path;
	u64 header_bytes;
	u64 next_slot;
	u64 limit_bytes;
	u64 used_bytes;
	u64 reserved_bytes;
	bool mapped, cut_short;
	struct flag full;
	struct flag failed;
	struct err error;
	u32 error_once;
};

/* The first error stays. */
void log_slots_fail(struct log_slots *s, enum err_code code, const char *what, int host_errno);
/* The same when something happened to the file: "PATH: it was deleted while the run wrote it". */
void log_slots_lost(struct log_slots *s, const char *how);
/* Is the file as long as what was reserved in it?  If not, the log has failed. */
bool log_slots_whole(struct log_slots *s);

/* The number of the slot of a new chunk. */
u64 log_slots_number(struct log_slots *s);
/* The chunk in slot @slot, all zero, with every page there; NULL: @failed. */
struct log_chunk_header *log_slots_make(struct log_slots *s, u64 slot);
/* One in memory, whatever the log's kind, whose pages come when they are touched; NULL: @failed. */
struct log_chunk_header *log_slots_memory(struct log_slots *s);

/* One more chunk is used. */
void log_slots_count(struct log_slots *s);
/* So many are used. */
void log_slots_set_used(struct log_slots *s, u32 n_chunks);
/* The reader is done with a chunk: it is unmapped and not used any more. */
void log_slots_give_back(struct log_slots *s, struct log_chunk_header *h);
