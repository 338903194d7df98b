/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "cpu/stuck.h"

#include <stddef.h>

/* "acquire_shared(3)": the primitive with its arguments; "" when none is known.  Returns buf. */
const char *stuck_call(const struct stuck *s, char *buf, size_t size);
