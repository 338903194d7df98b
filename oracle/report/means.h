/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a break of the merge may mean: told from the records on both sides of it, and nothing where they do not tell. */
#include "oracle/check/check.h"
#include "sim/log/read/behind.h"

/*
 * The merge @m has a finding, and @c was fed all that it gave.  *out: what both sides say.  Returns the index of the event
 * behind which it broke: of a rank that is found twice, the one that had it first.
 */
u64 means_of(const struct merge *m, const struct checker *c, struct broken *out);
