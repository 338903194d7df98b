/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a check, one of its rows or a group of checks is about, for a person: hypsim check --explain. */
#include "sim/base/types.h"

/* A page on standard output.  @program: for messages; returns false when nothing has that name, which is said on standard error. */
bool explain(const char *program, const char *name);
/* Is it what a finding can be named by: a check, one of its clauses, or a row? */
bool explain_knows(const char *name, size_t len);
