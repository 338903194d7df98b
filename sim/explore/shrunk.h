/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How a finding is made small, and what it comes to (sim/explore/shrink.h). */
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
