/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/err.h"

/*
 * All that can be read from @fd, a file or a pipe: *out has *len bytes, a byte 0 behind them, and is the caller's to free; @name stands in messages.
 * Errors: ERR_OPEN, ERR_MEMORY.
 */
MUST_CHECK int slurp(int fd, const char *name, char **out, size_t *len, struct err *e);
