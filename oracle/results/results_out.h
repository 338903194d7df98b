/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The options --junit, --sarif and --annotate of all commands that have them, and what they write. */
#include "sim/base/err.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>

/* Keys of argp, beside those of the command. */
enum { KEY_JUNIT = 640, KEY_SARIF, KEY_ANNOTATE };

/* Rows of argp. */
#define RESULTS_ROWS                                                                             \
	{ "junit",                                                                               \
	  KEY_JUNIT,                                                                             \
	  "FILE",                                                                                \
	  0,                                                                                     \
	  "also write the results to FILE as JUnit XML, which CI systems show (docs/ci.md)",     \
	  0 },                                                                                   \
		{ "sarif",                                                                       \
		  KEY_SARIF,                                                                     \
		  "FILE",                                                                        \
		  0,                                                                             \
		  "also write the results to FILE as SARIF 2.1.0, for viewers of findings",      \
		  0 },                                                                           \
	{                                                                                        \
		"annotate", KEY_ANNOTATE, "github", 0,                                           \
			"also tell each violation on standard error as an annotation of GitHub " \
			"Actions",                                                               \
			0                                                                        \
	}

/**
 * struct results_out
 * @line:   the command line, as a shell takes it, without these options
 * @suites: results_suite()s, in their order; NULL until results_out_begin()
 */
struct results_out {
	const char *junit, *sarif;
	bool github;
	char *line;
	json_t *suites;
};

/* One of the keys, else ARGP_ERR_UNKNOWN; ends the process with status 2 if what it says is wrong. */
error_t results_parse(int key, char *arg, struct argp_state *state, struct results_out *o);
/* Before argp changes the order of arguments: the command line is kept. */
void results_out_line(struct results_out *o, int argc, char **argv);
/* Does somebody want them? */
bool results_wanted(const struct results_out *o);
/*
 * Before the work, which may take hours: can the files be written?  None may be one of the @n files @input, which the command reads.
 * Errors: ERR_USAGE, and of whole_open().
 */
MUST_CHECK int results_out_begin(struct results_out *o, const char *const *input, u32 n,
                                 struct err *e);
/* The work has failed, and came to no suite, since @why: then that is what there is of @name. */
void results_failed(struct results_out *o, const char *name, const char *why);
/*
 * What there is to say was said, and came to exit status @status: the files are written.  Returns the exit status: @status, or, after a line
 * on standard error, what a file that cannot be written makes of it (status_worse()).  @command: "hypsim check".  Frees what @o has.
 */
int results_out_end(struct results_out *o, const char *command, int status);
