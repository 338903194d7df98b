/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The ways that the steps of the specification can go. */

enum spec_branch {
#define BRANCH(function, name, sentence) BR_##function##_##name,
#include "oracle/spec/spec.def"
	SPEC_BRANCH_NR
};
