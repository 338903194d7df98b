/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "scenarios/kit.h"

/* A step that sets an episode of clash up, or what the others do meanwhile; false: it is set up. */
bool clash_set_up(struct kit_cpu *k, struct operation *op);
/* Is there another step of CPU @k by which the episode is set up? */
bool clash_set_up_left(const struct kit_cpu *k);
