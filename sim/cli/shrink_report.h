/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A finding that was made small, in at most 20 lines. */
#include "sim/explore/shrink.h"

#include <jansson.h>
#include <stdio.h>

/* @from: what it was made from; @steps: its schedule had so many. */
void shrink_print(FILE *f, const struct shrunk *s, const struct scope *from, u32 steps,
                  const char *verdict);
/* Its size, how it was made, and what decides; who calls owns it. */
json_t *shrink_json(const struct shrunk *s);
