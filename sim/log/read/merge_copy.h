/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A copy of a merge that goes on from where it is, to see where that leads. */
#include "sim/log/read/merge_state.h"

/* @m stays where it is and is not gone on with meanwhile.  merge_copy_free() it. */
struct merge *merge_copy(const struct merge *m);
/* What the copy has put out is forgotten, and there is room again. */
void merge_copy_room(struct merge *copy);
void merge_copy_free(struct merge *copy);
