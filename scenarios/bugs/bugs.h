/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What bugs there are: the rows of bugs.def. */
#include "scenarios/bugs/bug.h"

/* NULL-terminated. */
extern const struct bug *const bugs[];

/* "bug/missing-lock", ...; NULL: there is none of this name. */
const struct scenario *bug_by_name(const char *name);
