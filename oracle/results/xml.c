// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/xml.h"

#include "sim/base/types.h"

#include <string.h>

/* A character that stands for markup, or the end of a line that a reader would make another one. */
static const char *reference(char c, bool attribute)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return attribute ? "&quot;" : NULL;
	case '\r':
		return "&#13;";
	case '\n':
		return attribute ? "&#10;" : NULL;
	case '\t':
		return attribute ? "&#9;" : NULL;
	default:
		return NULL;
	}
}

static bool forbidden_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

static void escape(FILE *f, const char *s, bool attribute)
{
	for (; *s; s++) {
		const char *r = reference(*s, attribute);

		if (r)
			fputs(r, f);
		else if (forbidden_control(*s))
			fprintf(f, "\\x%02x", (unsigned char)*s);
		else if (strncmp(s, "\xef\xbf\xbe", 3) == 0 || strncmp(s, "\xef\xbf\xbf", 3) == 0)
			fprintf(f, "\\uff%s", (unsigned char)s[2] == 0xbe ? "fe" : "ff"), s += 2;
		else
			fputc(*s, f);
	}
}

void xml_text(FILE *f, const char *s)
{
	escape(f, s, false);
}

void xml_attribute(FILE *f, const char *name, const char *value)
{
	fprintf(f, " %s=\"", name);
	escape(f, value, true);
	fputc('"', f);
}
