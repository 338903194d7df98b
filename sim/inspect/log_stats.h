/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How big a log is and how its locks were used. */
#include "sim/log/source.h"

#include <stdio.h>

/* Read @s to its end and print.  < 0: the source's error; what was read is printed all the same. */
MUST_CHECK int log_stats(struct log_source *s, const char *path, bool json, FILE *f, struct err *e);
