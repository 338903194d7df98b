/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How often a check of the second tier had a case, and why it could not be judged. */
#include "sim/base/types.h"

/* Why a case was not judged. */
enum unjudged {
#define UNJUDGED(id, words) UNJUDGED_##id,
#include "oracle/check/unjudged.def"
	UNJUDGED_NR
};

/**
 * struct tally - of one check, in all episodes
 * @evaluated: cases that were judged: those in which what the check presumes was so
 * @unjudged:  those that were not
 */
struct tally {
	u64 evaluated;
	u64 unjudged[UNJUDGED_NR];
};

/* "objects in doubt": why. */
const char *unjudged_words(enum unjudged why);
