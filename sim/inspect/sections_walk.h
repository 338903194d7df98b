/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The sections of a log that has an index. */
#include "sim/inspect/log_index.h"
#include "sim/inspect/sections.h"

/* Take the events of a whole log, from its beginning, but for the blocks that @w passes over. */
MUST_CHECK int sections_walk(struct sections *ss, struct log_source *s, struct index_walk *w,
                             struct err *e);
