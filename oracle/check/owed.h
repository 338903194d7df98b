/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Clauses that wait for the next cut of their locks.  An owed (clause, key) waits in the list of one of its locks that somebody
 * is inside of; when that lock is passed it is judged, or moves on to the list of another one.  The section that has touched it is
 * still inside its own lock, so there is always one to wait for.
 *
 * A lock that a halted CPU keeps is never passed: what waits for it is not judged in that episode, as the theorems have it.
 *
 * A key that is broken is kept until it is found to hold again: one finding each.  The full evaluation asks each clause for all of
 * its keys; it must find broken exactly those that are kept, or the changes that a clause listens to are wrong: row SELFTEST.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/clause.h"

enum {
	OWED_MAX = 1 << 16, /* keys that wait; beyond that a clause owes all */
	BROKEN_MAX =
		1
		<< 14, /* keys that are broken; beyond that those that come are findings each time */
	OWED_CLAUSES = 64,
};

/* As many clauses as there are of @table, those that are asked for.  Ends the process when the host has no memory. */
struct owed *owed_new(const struct judge *j, const struct clause *const *table, u32 n);
void owed_free(struct owed *o);
/* A new episode: nothing waits, and nothing is broken. */
void owed_reset(struct owed *o, const struct judge *j);
/* Before its first event: the full evaluation, in the first episode; all begin alike. */
void owed_begin(struct owed *o, struct judge *j);

/* A push of lock @lk changed this, by these differences. */
void owed_section(struct owed *o, struct judge *j, const struct section *s);
/* A lock was passed. */
void owed_passed(struct owed *o, struct judge *j, lk_t lk);
/*
 * The full evaluation of all keys of whose locks nobody is inside.  @e: where its findings are told; NULL: the end of the episode, or
 * its begin.
 */
void owed_full(struct owed *o, struct judge *j, const struct event *e);
/* The episode is over; @cut: events of it are missing. */
void owed_end(struct owed *o, struct judge *j, bool cut);

/* Keys that are broken. */
u32 owed_n_broken(const struct owed *o);
