/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a search has found, by name: rows of the judge, deadlock, stuck, expect, halt; and whether the scope expects that. */
#include "sim/explore/bytes.h"
#include "sim/explore/engine.h"

enum { FOUND_NAME = 64 };

/**
 * struct found_name
 * @name:  a row of the judge (hypsim list rows), or one of the words
 * @check: of a row; else CHK_NR
 * @answer: it is no violation: a halt
 * @executions: in so many
 */
struct found_name {
	char name[FOUND_NAME];
	enum check_id check;
	bool answer;
	u64 executions;
};

struct found;

struct found *found_new(void);
void found_free(struct found *f);
void found_clear(struct found *f);
/* The execution that has ended and was not undone. */
void found_add(struct found *f, const struct engine *e);
u32 found_count(const struct found *f);
const struct found_name *found_get(const struct found *f, u32 i);

/* Was one of these found?  @words: of which each names a row, a check, a clause, or is one of deadlock, stuck, expect; commas between. */
bool found_has(const struct found *f, const char *words);

/* What @from has found is added. */
void found_merge(struct found *f, const struct found *from);
void found_save(const struct found *f, struct bytes *b);
/* What was saved is added.  False: that is nothing that found_save() has written. */
bool found_load(struct found *f, struct bytes_in *in);

/*
 * found_as_expected() - does what was found hold what the scope says (expect verdict)?
 * @why: [size] what does not: "HOST_ISO was found and is not expected", "deadlock is expected and was not found"
 *
 * "clean": nothing was found.  Else each word names a row, a check, a clause or one of deadlock, stuck, expect, halt: each was found, and
 * every execution with a violation has one of them.
 */
bool found_as_expected(const struct found *f, const char *verdict, char *why, size_t size);
