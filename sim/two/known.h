/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What slips of the published files let a principal see. */
#include "sim/two/finding.h"

/* The erratum that a difference is known by, if @errata has it on its published side; else ERRATUM_NR. */
u32 two_known(const struct errata *errata, const struct two_finding *f);
/* How it is known; "": it is none of these. */
const char *two_known_sentence(u32 erratum);
