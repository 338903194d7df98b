/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The text form of logs: one event a line, oldest first.
 *
 *   LOCK CPU EVENT [ARG] [CHANGE]... [@digest]
 *   0 CPU OFLATMEM ?      a change of flat memory that is not known (a hole of a cut log)
 *   # a comment           (also behind an event)
 *   #! config {json}      before the first event: what the log begins with
 *   #! CPU MARK [ARG]... ["SENTENCE"]   a mark of that CPU's stream, as sim/log/mark.def has it: an argument is a word of
 *                         its type or a number, decimal or 0x...; zeros at the end may be left out
 *   #! CPU markN ...      N 64..255: skipped, and counted
 *   #! CPU time NS        the time of that CPU's next event or mark
 *
 * A CHANGE is field[INDEX]=old>new, or field[INDEX]=doracle(vmid,n) of flat memory (the cells from INDEX on hold number n,
 * n + 1, ... of the data oracle); INDEX is a number or first..last.  A digest has two hexadecimal digits (its low byte) or
 * sixteen.
 */
#include "sim/log/read/merge_finding.h"
#include "sim/log/source.h"
#include "sim/log/text/text_mode.h"

#include <stdio.h>

/**
 * text_open() - a source over a text log
 * @path: a file, or "-" for standard input; read whole
 *
 * What the config line leaves out, or all of it, has its default: as many CPUs as the log names, the operations that begin in
 * it by name ("operation" where a begin has none), nothing recorded besides events.
 * Errors: ERR_OPEN, ERR_NOT_FILE (a directory), ERR_EMPTY, ERR_MEMORY; ERR_CONFIG.  next() gives ERR_TEXT with
 * "FILE:LINE:COLUMN: expected WHAT, found WHAT", after every event before that line.
 */
MUST_CHECK int text_open(struct log_source **out, const char *path, enum text_mode mode,
                         struct err *e);

/* The same of a descriptor, which is taken over, also when it fails; @name stands in messages. */
MUST_CHECK int text_open_fd(struct log_source **out, int fd, const char *name, enum text_mode mode,
                            struct err *e);

/* The same over @len bytes in memory, which are copied; @name stands in messages. */
MUST_CHECK int text_open_memory(struct log_source **out, const char *name, const char *text,
                                size_t len, enum text_mode mode, struct err *e);

/* The same, and @bytes, which are malloc'ed, are taken over, also when it fails. */
MUST_CHECK int text_open_bytes(struct log_source **out, const char *name, char *bytes, size_t len,
                               enum text_mode mode, struct err *e);

/* Of a text source: how many marks of each number from MARK_MAY_SKIP on were skipped, [MARK_SKIPPABLE]; NULL: no text source. */
const u64 *text_skipped(const struct log_source *s);

/*
 * Of a text source of a machine's log: why it cannot be streams of CPUs, so that it ended before its end; NULL: it can, or is no
 * such source.
 */
const struct merge_finding *text_finding(const struct log_source *s);

/* "#! config {...}" and a newline. */
void text_print_config(FILE *f, const struct log_config *c);

/* A mark's sentence between quotes: \" and \\ for these two, \xNN for control characters. */
void text_print_quoted(FILE *f, const char *text);

/*
 * One event or mark as a line of the text form, a "time" line before it when it has one.  @lock is what lock_name()
 * gives.  Differences need both values, or be from the data oracle, and the object that lk names (TEXT_MACHINE).
 */
void text_print_event(FILE *f, const struct log_config *c, u64 lock, const struct event *e);
