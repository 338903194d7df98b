/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What cmocka lacks.  Includes cmocka and what it needs, in the order it needs it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/base/types.h"

/*
 * The seed of a random test: HYPSIM_SEED from the environment, else @fallback; printed, so that a failure can be run
 * again.
 */
u64 test_seed(u64 fallback);

/* Run fn(arg) in a child; true when it died by SIGABRT. */
bool dies(void (*fn)(void *), void *arg);
