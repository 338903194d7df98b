/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The file of a log that a run writes in place: who may write it, and what becomes of a run whose file is cut short. */
#include "sim/log/write/slots.h"

/*
 * Open @path for @s, emptied.  A file that is there must be empty or a log, unless @force; nobody else writes it.  Errors:
 * ERR_USAGE, ERR_OPEN, ERR_NOT_FILE, ERR_DISK, ERR_HOST.
 */
MUST_CHECK int log_file_open(struct log_slots *s, const char *path, bool force, struct err *e);
/* Has it still a name?  If not, the log has failed. */
bool log_file_named(struct log_slots *s);
void log_file_close(struct log_slots *s);
