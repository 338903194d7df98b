/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Text in a page for a browser. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The first @most bytes of @text; no character of them begins a tag or ends an attribute.  True: that was all of @text. */
bool html_text(FILE *f, const char *text, size_t most);
