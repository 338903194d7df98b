/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * XML 1.0, as much of it as results take.  Of the characters that no XML 1.0 document may have, not even as a reference (most controls, and
 * U+FFFE, U+FFFF), what is written is their number as in C: "\x1b".  @s is UTF-8.
 */
#include <stdio.h>

/* Between tags. */
void xml_text(FILE *f, const char *s);
/* ' name="value"'; tabs and ends of lines are kept. */
void xml_attribute(FILE *f, const char *name, const char *value);
