/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Results as JUnit's XML: a testcase a case; a failure has the first finding's sentence as its message, its row as its type, and all
 * findings of the case as its text.  What was not judged is skipped, with the reason; what could not be judged to its end is an error.
 */
#include <jansson.h>
#include <stdio.h>

/* @suites: an array of results_suite(); @command: "hypsim check". */
void junit_write(FILE *f, const char *command, const json_t *suites);
