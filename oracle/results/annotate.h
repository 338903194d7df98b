/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Results as workflow commands of GitHub Actions, a line a case that fails: "::error file=F,line=L,title=T::message", without file and line where it
 * has none.  In the message "%" and ends of lines are %25, %0D, %0A; in a property also ":" and "," are %3A, %2C.
 */
#include <jansson.h>
#include <stdio.h>

/* @suites: an array of results_suite(); @command: "hypsim check". */
void annotate_github(FILE *f, const char *command, const json_t *suites);
