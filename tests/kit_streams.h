/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Logs for the tests of reader and merge: one thread plays N CPUs on L lock words with a seeded scheduler, writes with
 * the real writer and remembers what really happened.
 */
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/write/log.h"

/**
 * struct streams_event - what happened, in the true order
 * @stored: the record was written before the end (a kill leaves the last one out)
 * @ranked: has @ticket and @now; of OFLATMEM and ACCESS, both are its number
 * @n:      differences of an OFLATMEM
 */
struct streams_event {
	u8 kind, cpu;
	bool stored, ranked;
	u32 lk, ticket, now, episode, n;
};

/* What happens to one record that changes a word: it is not written, or twice. */
enum streams_damage { DAMAGE_NONE, DAMAGE_HOLE, DAMAGE_TWICE };

struct streams_options {
	u32 cpus, locks, ops, episodes;
	u32 start; /* both halves of every word */
	u32 flat; /* percent of the operations, and of the moves in a section, that change flat memory or look at it */
	bool nested; /* a second, higher lock within a section */
	bool keep_reads;
	bool kill;      /* stop in the middle: every CPU's atomic may be done and its record not */
	bool quiet_cpu; /* CPU 0 takes lock 1 once at the beginning and once at the end */
	enum streams_damage damage;
	u32 damage_at; /* of the records that change a word, and are written, the number of the damaged one */
};

/**
 * struct streams
 * @between: called before each move; NULL: nobody asks
 * @n_rmw:   records that changed a word, and were written or damaged
 * @damaged: the first event in @truth of the damaged one; ~0: none yet
 */
struct streams {
	struct streams_options o;
	void (*between)(struct streams *s, void *arg);
	void *arg;
	struct rng rng;
	struct log_config config;
	struct log *log;
	VEC(struct streams_event) truth;
	u32 n_rmw, damaged;
};

/* Random options for @cpus CPUs of at most @max_ops operations each; nobody is killed, nothing damaged. */
struct streams_options streams_random(struct rng *r, u32 cpus, u32 max_ops);
/* Configuration and random state; @log is opened by the caller over @config. */
void streams_init(struct streams *s, const struct streams_options *o, u64 seed);
/* Play one episode (all CPUs meet at its end); false: killed in the middle. */
bool streams_episode(struct streams *s, u32 number);
void streams_destroy(struct streams *s);
