/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A schedule that is saved, with what it comes to: as a file, which has the scope too, and as a short string, which has its hash.
 *
 * The string is "hyp1." and base64url (RFC 4648, section 5, without padding) of: a byte of flags; the scope's hash, 8 bytes; by the dependence
 * "cells" also what was learned of it (struct grain_known): long_locks, data, core; with the flag of it
 * also the grain, as a number, looked, raced; with the flag of it contexts; the name of what was found, its length first; the different
 * (kind, object) of the schedule's steps, their number first; one more than the highest CPU; the number of steps; for each step
 * ((its pair * CPUs + its CPU) * 2 + 1 if it begins another call), and then how many calls further that is; a checksum, 4 bytes.
 * Numbers are LEB128, and what has a fixed size is little endian.
 */
#include "sim/base/err.h"
#include "sim/exec/scope.h"
#include "sim/explore/found.h"
#include "sim/explore/grain.h"
#include "sim/explore/schedule_keys.h"

/* Of both forms. */
enum { SAVED_VERSION = 1 };

/**
 * struct saved
 * @name:   of the scope; "" in a string
 * @scope:  its text (scope_print()), owned; NULL in a string
 * @seed:   of the data oracles
 * @hash:   of the scope (saved_hash())
 * @known:  where its steps begin
 * @strict: known findings are violations
 * @verdict: the name of what it came to: replay_verdict()
 * @end:    how it ended: EXECUTION_*; not in a string
 */
struct saved {
	char name[128];
	char *scope;
	u64 seed, hash;
	struct grain_known known;
	bool strict;
	char verdict[FOUND_NAME];
	enum execution_end end;
	struct schedule schedule;
};

/* Of all that decides how a scope is executed and judged: not of its name, its dependence, or what the search is expected to come to. */
u64 saved_hash(const struct scope *s);

/* All of @k but its schedule, for @scope; @k->scope is owned by @k. */
void saved_of(struct saved *k, const struct scope *scope, bool strict);
void saved_free(struct saved *k);

/* As JSON (docs/schema/finding.json).  Errors: of whole_open() and whole_commit(); "-" is standard output. */
MUST_CHECK int saved_write(const struct saved *k, const char *path, struct err *e);
/* Errors: ERR_OPEN, ERR_NOT_FILE, ERR_VERSION, ERR_TEXT with the place. */
MUST_CHECK int saved_read(struct saved *k, const char *path, struct err *e);

/* The string, which is the caller's to free. */
char *saved_string(const struct saved *k);
/* Does it begin as a string does? */
bool saved_is_string(const char *text);
/* Errors: ERR_VERSION, ERR_TEXT. */
MUST_CHECK int saved_parse(struct saved *k, const char *text, struct err *e);

/* The scope of a file.  Errors: ERR_TEXT, and *@out is NULL. */
MUST_CHECK int saved_scope(const struct saved *k, struct scope **out, struct err *e);

/* "done", "deadlock": as files and reports have it. */
const char *end_name(enum execution_end end);
/* Is it about something that there is, at a point where a step can begin? */
bool saved_step_ok(const struct step *s);
