/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What steps are about, a kind of point and its object, by numbers from 0 on, in the order in which they were first asked for. */
#include "sim/base/vec.h"
#include "sim/explore/step.h"

/**
 * struct objects - all 0 at first
 * @v:    [n] one step about each
 * @slot: [slots] a power of two, or 0: numbers + 1 by a hash of kind and object; 0: free
 */
struct objects {
	VEC(struct step) v;
	u32 slots;
	u32 *slot;
};

void objects_free(struct objects *o);
u32 objects_number(struct objects *o, const struct step *s);
