/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Values of options. */
#include "sim/base/types.h"

struct argp_state;

/* A number @min..@max, decimal or 0x...; otherwise an error that names @option and ends the process with status 2. */
u64 arg_number(struct argp_state *state, const char *option, const char *arg, u64 min, u64 max);
