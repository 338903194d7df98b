/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Every order of steps, one after the other: what the other strategies are compared with. */
#include "sim/explore/strategy.h"

struct naive;

struct naive *naive_new(void);
void naive_free(struct naive *n);
struct strategy naive_strategy(struct naive *n);
