/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * hvc, fault, run, trap, irq: what a host or a guest does, as registers and a call of one of the core's entries.  For sim/exec/
 * only.
 */
#include "shmem/shared.h"
#include "sim/exec/scope.h"
#include "sim/log/text/text_line.h"

enum { READ_VALUES = 6 };

/**
 * struct read_call
 * @call:  without @text, and with no @expect yet; an event is none of its arguments: exec_call_line() puts it there
 * @name:  "hvc", or the primitive's
 * @n, @v: the numbers that the line has
 * @entry: one of the core; @first: its first number as it was written
 * @event: what the first argument points to, if @has_event, and @event_text, how it is printed
 */
struct read_call {
	struct scope_call call;
	const char *name;
	u32 n;
	u64 v[READ_VALUES];
	bool entry, has_event;
	char first[32];
	struct shared_event event;
	char event_text[64];
};

/* hvc, fault, run, trap, irq.  1: it is none of these. */
MUST_CHECK int read_entry(struct text_line *l, struct text_word w, struct read_call *out,
                          struct err *e);
/* The @i-th of these words, @i < n_entries. */
const char *entry_word(u32 i);
extern const u32 n_entries;
