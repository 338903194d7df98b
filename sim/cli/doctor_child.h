/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* This program again, as a child that may die. */
#include "sim/base/types.h"

enum { CHILD_TEXT = 4096 };

/**
 * struct doctor_child
 * @status: exit status; 128 + a signal; -1: it could not be started
 * @text:   what it has written to standard error, as far as there is room
 */
struct doctor_child {
	int status;
	char text[CHILD_TEXT];
};

/* @argv ends with NULL, and begins with a name; @env, @options: put behind what environment variable @env has; NULL: none is changed. */
void doctor_child_run(const char *const *argv, const char *env, const char *options,
                      struct doctor_child *out);
