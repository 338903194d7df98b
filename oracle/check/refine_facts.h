/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What an operation did otherwise than its step says, as the values of a finding. */
#include "oracle/check/judge.h"
#include "oracle/spec/differs.h"

/* What differs as data, with the cells that it is about; how many. */
u32 differing_facts(const struct judge *j, enum hyp_op op, const struct differing *d,
                    struct fact out[FACTS_MAX]);
