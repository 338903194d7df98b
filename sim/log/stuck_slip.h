/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Calls that a slip of the published files makes stuck (sim/log/stuck_slip.def). */
#include "sim/base/errata.h"

/* The erratum whose published side makes @call, "set_per_cpu(1, 0xa)", stuck by @rule; ERRATUM_NR: none. */
enum erratum stuck_slip(const char *call, u64 rule);
