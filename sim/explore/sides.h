/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Calls that the programs of different CPUs have: "run+HVC_SMMU_CLEAR,HVC_SMMU_LPAE_MAP" is a scope in which one CPU runs a vCPU, and another
 * one has one of the two calls of the host.
 */
#include "sim/exec/scope.h"

enum { SIDES = 16 };

/**
 * struct sides
 * @side: [n] words with commas between, which a line of the scope has ("run", "HVC_SMMU_CLEAR"); "*": any call
 * @len:  [n] of each, in bytes
 */
struct sides {
	u32 n;
	const char *side[SIDES];
	size_t len[SIDES];
};

/* @text stays the caller's, and must live as long as *@out.  ERR_USAGE: a word that no call has, or more than SIDES. */
MUST_CHECK int sides_read(struct sides *out, const char *text, struct err *e);
/* Is there a CPU for each side, another one for each, whose program has a call of it? */
bool sides_are_in(const struct sides *s, const struct scope *scope);
