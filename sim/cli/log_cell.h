/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A cell as an argument: an object, and a field with an index. */
#include "sim/inspect/cell.h"

struct argp_state;

/* "S2PAGE", "NPT:2".  Another one ends the process with status 2. */
lk_t log_parse_object(struct argp_state *state, const char *s);

/* @field: "s2_owner[0x210]"; without an index 0.  A cell that the object does not have ends the process with status 2. */
void log_parse_cell(struct argp_state *state, const char *object, const char *field,
                    struct log_cell *out);
