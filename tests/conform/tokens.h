/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Logs of vector files: tokens "<cpu><kind><arg>" with one space between them, oldest first. */
#include "oracle/cal/env.h"
#include "sim/base/err.h"

/* EV_NONE: no event has this letter. */
enum event_kind event_of_letter(char letter);

/* Appends to @out.  Errors: ERR_VECTOR with the token's number. */
MUST_CHECK int tokens_parse(const char *text, struct cal_events *out, struct err *e);

/* The other way; malloc'ed. */
char *tokens_print(const struct cal_events *ev);
