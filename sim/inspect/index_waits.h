/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which waits end in each block of a log, in its index: how many, and how long the longest is; so who looks for the longest reads few blocks. */
#include "sim/inspect/index_file.h"
#include "sim/inspect/wait_length.h"

/**
 * struct index_waits - the waits of one lock and CPU
 * @longest: by each measure
 */
struct index_waits {
	u64 count;
	struct wait_length longest[WAITS_BY_NR];
};

/**
 * struct index_waiting - who takes them in
 * @of: [lock][cpu] of the block that is being read; @cpus: [lock] bits of those that have some
 * @first_asked, @first_got, @last_got: of waits that end in the block
 * @blocks: those that have ended
 */
struct index_waiting {
	struct index_waits of[ID_END][MAX_CPU];
	u64 cpus[ID_END];
	u64 first_asked, first_got, last_got;
	struct stash blocks;
};

struct index_waiting *index_waiting_new(void);
void index_waiting_free(struct index_waiting *w);
/* A section was let go. */
void index_waiting_done(struct index_waiting *w, const struct lock_section *s);
/* A block has ended. */
void index_waiting_block(struct index_waiting *w);
/* The log has. */
MUST_CHECK int index_waiting_end(struct index_waiting *w, struct index_out *out,
                                 struct index_place *p, struct err *e);

/**
 * struct index_waited - of a block
 * @first_asked, @first_got, @last_got: of all waits that end there, sections that are let go
 * @count, @longest: of those that are asked for; @longest if there is one
 */
struct index_waited {
	u64 first_asked, first_got, last_got;
	u64 count;
	struct wait_length longest;
};

/* What blocks [@n] have of the waits for @locks by @cpus, which are bits; to be freed.  NULL: it is damaged. */
struct index_waited *index_waited_read(int fd, const struct index_place *p,
                                       struct index_bytes *bytes, u32 n, enum waits_by by,
                                       u64 locks, u64 cpus);
