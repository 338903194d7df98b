/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Results as SARIF 2.1.0 (docs/schema/sarif.json has the part of it that is written): one run, whose rules are the checks that were asked
 * for.  A known finding is a note that is suppressed, with its erratum as the reason.  What was not judged is a notification.
 */
#include "sim/base/types.h"

#include <jansson.h>

/* @suites: an array of results_suite(); @line: the command line; @status: the exit status that it has come to. */
json_t *sarif_json(const char *line, int status, const json_t *suites);

/* The path as a reference of a URI (RFC 3986): "file:///a%20b" of an absolute one, "a%20b" of another.  malloc'ed */
char *sarif_uri(const char *path);
