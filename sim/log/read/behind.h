/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the streams hold behind the place where a merge broke off: each CPU's records, which have no order with the others'. */
#include "sim/log/read/merge_state.h"

enum {
	BEHIND_MAX = 8,        /* records of a CPU that are kept */
	BEHIND_LOOK = 1 << 14, /* events of a CPU that are looked at for them */
};

/**
 * struct behind - records by CPU, oldest first
 * @n: [cpu] of @ev[cpu]; their payload (differences, arguments) is not there
 */
struct behind {
	u32 n[MAX_CPU];
	struct event ev[MAX_CPU][BEHIND_MAX];
};

/*
 * The merge has a finding: the first records of each CPU that it has not put out, in the same episode.  Of a finding that is
 * about one lock, its records; of a cycle, or none, all but the marks.
 */
void merge_behind(const struct merge *m, struct behind *out);
