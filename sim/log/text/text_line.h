/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Words of one line of a text log, and what is said when they are wrong.  Used by the reading of text logs only. */
#include "sim/base/err.h"
#include "sim/base/types.h"

/**
 * struct text_line - a line being read
 * @file, @number: where it is; lines count from 1
 * @begin, @end:   its bytes, without the newline
 * @at:            the next byte to read
 */
struct text_line {
	const char *file;
	u64 number;
	const char *begin, *end, *at;
};

struct text_word {
	const char *p;
	size_t len; /* 0: the line has ended */
};

/* The next word; empty at the end of the line and at a comment. */
struct text_word text_next(struct text_line *l);
bool text_is(struct text_word w, const char *what);
/* The whole word as a decimal number. */
bool text_u64(struct text_word w, u64 *out);
/* The same, or one that begins with 0x. */
bool text_number(struct text_word w, u64 *out);
/*
 * A sentence between quotes that begins with word @w, as text_print_event() writes it: at most @size - 1 bytes to @out, *len of
 * them.  The line is behind it then.
 */
bool text_quoted(struct text_line *l, struct text_word w, char *out, size_t size, size_t *len);
/* An object by number or name ("NPT:3"). */
bool text_object(struct text_word w, u64 *out);
/* "@ab" or "@0123456789abcdef"; *len is 1 or 8. */
bool text_digest(struct text_word w, u64 *out, u8 *len);

/* "FILE:LINE:COLUMN: expected @what, found ..."; @skip bytes of the word are good.  Returns -ERR_TEXT. */
int text_expected(const struct text_line *l, struct text_word found, size_t skip, struct err *e,
                  const char *what, ...) PRINTF(5, 6);
