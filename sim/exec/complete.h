/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a line of a script can go on with, for completion at a prompt. */
#include "sim/base/err.h"
#include "sim/base/types.h"

enum { COMPLETE_MAX = 64 };

/*
 * The @i-th word that may stand behind @before[0..len), whole words of a line; nothing: it begins the line.  @buf:
 * [COMPLETE_MAX], for a word that has to be made.  NULL beyond the last.
 */
const char *exec_complete(const char *before, size_t len, u32 i, char *buf);

/*
 * The known word that is nearest to the one at @line[at], as nearest_hint() says it: of those that may stand there, and of the
 * fields of all objects.
 */
const char *exec_hint(const char *line, size_t len, size_t at, char *buf, size_t size);
/* The same behind the message of *e, where it says what is wrong in a line of @file that came to @rc.  Returns @rc. */
int exec_hinted(int rc, const char *line, size_t len, const char *file, struct err *e);
