// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/html.h"

#include <string.h>

bool html_text(FILE *f, const char *text, size_t most)
{
	for (; *text && most > 0; text++, most--) {
		if (strchr("<>&\"'", *text))
			fprintf(f, "&#%d;", *text);
		else
			fputc(*text, f);
	}
	return !*text;
}
