/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A schedule that finds something is made small, and so is its scope: fewer CPUs, calls and other lines, simpler numbers, fewer switches.
 * What is found stays the same: the same row or word, of an expectation the same one (with the same answer, if every schedule finds it), of a stuck call the
 * same rule, of a deadlock CPUs that wait in a circle or do not; and if other schedules of the scope do not find it, that stays so.
 *
 * A smaller scope is tried by the schedule (tolerantly), then by a search of few executions.
 */
#include "sim/explore/shrunk.h"

/*
 * @schedule of @scope finds @verdict.  Errors: of setup_new() and engine_new() for @scope itself; ERR_USAGE: it does not find it.
 */
MUST_CHECK int shrink(const struct scope *scope, const struct schedule *schedule,
                      const struct grain_known *known, const char *verdict,
                      const struct shrink_opts *o, struct shrunk *out, struct err *e);
void shrunk_free(struct shrunk *s);
