/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A log that has no end. */
#include "sim/log/text/open.h"

#include <stdio.h>

/* Why a log that was not closed is judged so far and no further: a line, or none of a log that was closed. */
void cut_print(FILE *out, const struct log_status *s);
