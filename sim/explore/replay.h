/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A schedule is executed again.
 *
 * Strict: each step must be the one that the schedule says; at the first one that is not, the execution is given up.
 *
 * Tolerant: for another scope that is like the schedule's.  Only steps that the schedule names are ordered: by CPU, by call (as the
 * calls of the two scopes correspond), kind, object, and which of these in the call.  A step that it does not name is made as soon as
 * its CPU can make it; of the steps that it names the one that comes first in it, among those that can be made.
 */
#include "sim/explore/engine.h"
#include "sim/explore/found.h"
#include "sim/explore/schedule_keys.h"

enum replay_how { REPLAY_STRICT, REPLAY_TOLERANT };

/* Of a call: it has none that corresponds. */
enum { NO_CALL = 0xffff };

/**
 * struct replay_map - how a scope's calls correspond to those of the schedule's
 * @cpu:  [CPUs of the scope that is executed] whose the schedule's steps are that the CPU shall make; NOBODY: of none
 * @call: [cpu][call of its program] the number of the call of that CPU, or NO_CALL
 */
struct replay_map {
	u32 cpu[EXPLORE_CPUS];
	u16 *call[EXPLORE_CPUS];
};

/*
 * replay_map_new() - calls with the same text correspond, then those of the same primitive, in their order (the longest common
 * sequence); CPUs are paired so that most of their calls correspond, and by number where that does not decide
 */
void replay_map_new(struct replay_map *m, const struct scope *from, const struct scope *to);
void replay_map_free(struct replay_map *m);

/**
 * struct replayed - what the replay of a schedule came to
 * @took:    the steps that were made
 * @differs: of a strict one: step number @at is not the schedule's; @why: both sides
 * @missed:  of a tolerant one: so many of the schedule's steps were not made
 * @end:     EXECUTION_BLOCKED if it differs; then nothing is found
 * @found:   by name
 * @log:     a hash of all bytes of the log behind the prefix, in the streams' order
 */
struct replayed {
	struct schedule took;
	bool differs;
	u32 at, missed;
	char why[256];
	enum execution_end end;
	struct found *found;
	u64 log;
};

/*
 * replay_run() - execute it, tell @ended (NULL: nobody) before anything is undone, and undo it unless the engine runs once
 * @map: of a tolerant one; NULL: CPUs and calls have the same numbers
 */
void replay_run(struct engine *e, struct setup *setup, const struct schedule *s,
                enum replay_how how, const struct replay_map *map, struct replayed *out,
                void (*ended)(void *arg, struct engine *e), void *arg);
void replayed_free(struct replayed *r);

/* The name of what was found: a deadlock, else what comes first, an answer last; "clean": nothing was.  Valid as long as @f. */
const char *replay_verdict(const struct found *f);
/* Was @name found ("clean": was nothing found but answers)? */
bool replay_has(const struct found *f, const char *name);

/*
 * replay_same() - two executions of one schedule on one engine: where they differ, that is our own mistake (nondeterminism())
 */
void replay_same(const struct replayed *a, const struct replayed *b);
