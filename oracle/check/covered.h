/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What refinement has seen of the specification, in all episodes. */
#include "oracle/spec/spec.h"

/**
 * struct covered
 * @way:    [BR_*] operations whose step went this way
 * @read:   [operation][i] steps that asked for the side of the operation's i-th erratum (spec_slip()), at the lock point
 * @differ: those whose effect would have been another one there with its other side.  Only with check_how.coverage
 */
struct covered {
	u64 way[SPEC_BRANCH_NR];
	u64 read[HYP_OP_NR][SPEC_SLIPS], differ[HYP_OP_NR][SPEC_SLIPS];
};

/* Ways that were gone at least once. */
u32 covered_ways(const struct covered *c);
