/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a log has at the places where it differs from another one: the event, and the state of the CPUs there. */
#include "sim/inspect/diff_pairs.h"
#include "sim/log/source.h"

#include <jansson.h>

/**
 * struct diff_shown - one place of one log
 * @wanted:    the place is to be read
 * @there:     the log has an event there; else the state is that at the end of the episode, and the next four say nothing
 * @cpu, @lk:  whose event it is, in which lock's log
 * @event:     in words; @operation: that the CPU is in
 * @n, @diffs: of a push, what it changed
 * @state:     a line a CPU that is in something, behind the event; @cpus: of all CPUs, the same as JSON
 */
struct diff_shown {
	bool wanted, there;
	u64 index;
	u32 cpu, lk;
	char event[256], operation[96];
	u32 n;
	struct diff *diffs;
	char *state;
	json_t *cpus;
};

/* Read the log up to the last of the @n places.  What was read of them stays good when < 0 is returned. */
MUST_CHECK int diff_shown_read(struct log_source *s, struct diff_shown *at, u32 n, struct err *e);
void diff_shown_free(struct diff_shown *at);

/*
 * Both places are pushes of one object: what they do not have in common, "next_vmid[0]=1>2, ...", each in a buffer of @size
 * bytes.
 */
void diff_shown_values(const struct diff_shown *a, const struct diff_shown *b, char *out_a,
                       char *out_b, size_t size);
