/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One thing that a principal should not see. */
#include "oracle/obs/row.h"
#include "sim/base/errata.h"
#include "sim/two/secret.h"

enum two_kind {
	TWO_CONFIDENTIALITY, /* the principal made the step, and sees other things in the two runs */
	TWO_RESTORE,         /* the principal runs again, and sees other things */
	TWO_INTEGRITY, /* somebody else made the step, and the principal sees other things than before */
	TWO_START, /* what lies between two steps, and is judged by nobody, made a difference */
	TWO_END,   /* the same, at the end */
	TWO_KIND_NR
};

/**
 * struct two_finding - what a principal should not see
 * @run:    of integrity: in which run, 0 or 1
 * @step:   number of the step, from 1 on, of all that the program made
 * @op:     what was done; @inside: it shows in the midst of it, at a point at which the CPU holds no lock
 * @key, @value: the first place of @row that differs: in the two runs, or before and after the step
 * @n:      places of the row that differ
 * @secret: what one of the values is, if it is one as it was put there (@is_secret)
 * @erratum: the slip of the published files that it is known by, or ERRATUM_NR
 * @times:  in how many steps the same was found; @last: the last of them
 */
struct two_finding {
	vmid_t p;
	enum two_kind kind;
	u32 run, cpu;
	bool inside;
	u64 step;
	char op[160];
	enum obs_row row;
	u64 key, value[2];
	u32 n;
	bool is_secret;
	struct secret secret;
	u32 erratum;
	u64 times, last;
};
