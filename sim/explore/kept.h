/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The file in which a search is kept: a header with the version, what the search is of, and a checksum; then its state.  It is written under
 * another name and renamed, so that a process that is killed at any moment leaves a whole one, the last or the one before.
 */
#include "sim/base/err.h"
#include "sim/explore/bytes.h"
#include "sim/explore/engine.h"

enum { KEPT_VERSION = 4 };

/* What a search is of: the scope, what comes from outside, errata, how executions are judged, and this program's version. */
u64 kept_of(const struct scope *scope, const struct engine_opts *o);

/* Errors: ERR_OPEN, ERR_DISK, ERR_HOST. */
MUST_CHECK int kept_write(const char *path, u64 of, const struct bytes *state, struct err *e);

/*
 * kept_read() - read and check it
 * @there: there is such a file; else nothing was read
 * @data:  what bytes_in of @state lies in; the caller frees it
 *
 * Errors, each with the file's name: ERR_OPEN, ERR_MEMORY; ERR_MAGIC, ERR_VERSION, ERR_TRUNCATED, ERR_CHUNK (damaged), ERR_CONFIG (of
 * another search than @of).
 */
MUST_CHECK int kept_read(const char *path, u64 of, bool *there, char **data, struct bytes_in *state,
                         struct err *e);
