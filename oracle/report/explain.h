/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a check, one of its rows or a group of checks is about, for a person: hypsim check --explain. */
#include "sim/base/types.h"

/* A page on standard output.  @program: for messages; returns false when nothing has that name, which is said on standard error. */
bool explain(const char *program, const char *name);

/* "", or what lacks an explanation: a check of which why.def says nothing, or a row without a sentence. */
const char *explain_lacks(void);
