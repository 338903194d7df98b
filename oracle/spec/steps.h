/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The steps, for the table of oracle/spec/spec.c. */
#include "oracle/spec/effect.h"

#define SPEC(function, step, source, sections, errata) \
	void step(struct abs *s, const u64 *arg, struct effect *out);
#include "oracle/spec/spec.def"

/* Which way a step goes. */
#define GOES(function, name) (out->branch = BR_##function##_##name)
