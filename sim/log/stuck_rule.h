/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The rules whose breach is stuck, by number: a MARK_STUCK carries one. */
#include "sim/base/types.h"

enum stuck_rule {
	STUCK_NONE,
#define RULE(id, sentence) STUCK_##id,
#include "sim/log/stuck.def"
	STUCK_NR
};

/* "STUCK_RANGE", and its sentence; "?" beyond the last. */
const char *stuck_name(u64 rule);
const char *stuck_sentence(u64 rule);
