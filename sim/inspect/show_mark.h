/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Marks by the names and types of their arguments, sim/log/mark.def. */
#include "sim/log/config.h"
#include "sim/log/event.h"

#include <stdio.h>

/*
 * For people, without a newline: an atomic operation as a call, or as the event that it ends with; any other mark by its
 * word, its arguments without the zeros at the end, with their names where there are more than two, and its sentence.
 */
void show_mark(FILE *f, const struct log_config *c, const struct event *e);

/*
 * Members of a JSON object, a comma before each: every argument by its name, the repeated ones as arrays, then "args", all of
 * them as numbers, and "text", the sentence, if there is one.  A value is its word, "0x..." where its type is hexadecimal or it
 * is 2^53 or more, or a number.  An atomic operation is "function" and "atomic", the name of its event.
 */
void show_mark_json(FILE *f, const struct log_config *c, const struct event *e);
