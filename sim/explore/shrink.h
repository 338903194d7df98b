/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A schedule that finds something is made small, and so is its scope: fewer CPUs, calls and other lines, simpler numbers, fewer switches.
 * What is found stays the same: the same row or word, of an expectation the same one (with the same answer, if every schedule finds it), of a stuck call the
 * same rule, of a deadlock CPUs that wait in a circle or do not; and if other schedules of the scope do not find it, that stays so.
 *
 * A smaller scope is tried by the schedule (tolerantly), then by a search of few executions.
 */
#include "sim/explore/replay.h"

/**
 * struct shrink_opts
 * @engine: as the finding was found with
 * @ns:     it ends after that, with what it has
 */
struct shrink_opts {
	struct engine_opts engine;
	u64 ns;
};

/**
 * struct shrunk
 * @scope:    owned
 * @schedule: finds the same on it; @known: where its steps begin
 * @held:     [schedule.n + 1][scope->cpus] bits of locks that each CPU holds before each step, and at the end
 * @waits:    the same for the lock that it waits for, + 1; 0: none
 * @passing:  a schedule that does not find it, the nearest one, if @passes
 * @decides:  the order of steps number @first and @second of the schedule alone makes it find that: @passing has them the other
 *            way round.  false: it differs in more than that, from step number @first on
 * @tried:    smaller scopes; @in_time: nothing else could be tried
 */
struct shrunk {
	struct scope *scope;
	struct schedule schedule, passing;
	struct grain_known known;
	u64 *held;
	u32 *waits;
	bool passes, decides, in_time;
	u32 first, second;
	u64 tried, ns;
};

/*
 * @schedule of @scope finds @verdict.  Errors: of setup_new() and engine_new() for @scope itself; ERR_USAGE: it does not find it.
 */
MUST_CHECK int shrink(const struct scope *scope, const struct schedule *schedule,
                      const struct grain_known *known, const char *verdict,
                      const struct shrink_opts *o, struct shrunk *out, struct err *e);
void shrunk_free(struct shrunk *s);
