/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* CPUs of a scope that do the same. */
#include "sim/exec/scope.h"
#include "sim/explore/clock.h"

/*
 * @same_as[i]: the first CPU that is like CPU i: it has the same program, neither makes a call before or behind the explored part, and
 * none is fed.
 */
void alike_cpus(const struct scope *s, u8 same_as[EXPLORE_CPUS]);
