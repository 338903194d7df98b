/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The known word that is nearest to one that is not known: for messages. */
#include "sim/base/types.h"

/**
 * struct nearest
 * @word, @len: what was asked for
 * @best, @distance: the nearest of those tried so far; empty: none was near enough to have been meant
 */
struct nearest {
	const char *word;
	size_t len;
	char best[64];
	u32 distance;
};

void nearest_begin(struct nearest *n, const char *word, size_t len);
void nearest_try(struct nearest *n, const char *known);
/* " (did you mean 'checks'?)", or "" when nothing is near.  Returns buf. */
const char *nearest_hint(const struct nearest *n, char *buf, size_t size);

/* The same of @n_known words, NULLs left out; @at(i) gives word i. */
const char *nearest_of(const char *word, u32 n_known, const char *(*at)(u32 i), char *buf,
                       size_t size);
