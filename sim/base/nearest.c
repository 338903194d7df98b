// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MAX_WORD = 63 };

void nearest_begin(struct nearest *n, const char *word, size_t len)
{
	*n = (struct nearest){ .word = word, .len = len };
}

/* Case does not count, nor whether words are joined by '-', '_' or ' '. */
static int letter(char c)
{
	return c == '_' || c == ' ' ? '-' : tolower((unsigned char)c);
}

/* Letters put in, left out, exchanged, or swapped with the next one, that lead from one word to the other. */
static u32 steps(const char *a, size_t na, const char *b, size_t nb)
{
	u32 row[3][MAX_WORD + 1];

	for (u32 j = 0; j <= nb; j++)
		row[0][j] = j;
	for (u32 i = 1; i <= na; i++) {
		u32 *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (u32 j = 1; j <= nb; j++) {
			bool same = letter(a[i - 1]) == letter(b[j - 1]);
			u32 d = last[j - 1] + !same;

			d = d < last[j] + 1 ? d : last[j] + 1;
			d = d < now[j - 1] + 1 ? d : now[j - 1] + 1;
			if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) &&
			    letter(a[i - 2]) == letter(b[j - 1]) && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			now[j] = d;
		}
	}
	return row[na % 3][nb];
}

static bool begins_with(const char *known, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!known[i] || letter(known[i]) != letter(word[i]))
			return false;
	return true;
}

void nearest_try(struct nearest *n, const char *known)
{
	size_t len = strlen(known);
	/* More than a third of the letters wrong is another word. */
	u32 far = n->len < 4 ? 1 : ((u32)n->len + 2) / 3, d;

	if (n->len == 0 || n->len > MAX_WORD || len > MAX_WORD)
		return;
	d = steps(n->word, n->len, known, len);
	/* The beginning of a word says more than as many other letters. */
	if (n->len >= 3 && begins_with(known, n->word, n->len) && d > 1)
		d = 1;
	/* Of one letter none would be left. */
	if (d > far || d >= n->len || (n->best[0] && d >= n->distance))
		return;
	memcpy(n->best, known, len + 1);
	n->distance = d;
}

const char *nearest_hint(const struct nearest *n, char *buf, size_t size)
{
	buf[0] = '\0';
	if (n->best[0])
		snprintf(buf, size, " (did you mean '%s'?)", n->best);
	return buf;
}

const char *nearest_of(const char *word, u32 n_known, const char *(*at)(u32 i), char *buf,
                       size_t size)
{
	struct nearest n;

	nearest_begin(&n, word, strlen(word));
	for (u32 i = 0; i < n_known; i++)
		if (at(i))
			nearest_try(&n, at(i));
	return nearest_hint(&n, buf, size);
}
