/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* From a frame to who maps it.  Kept as the lists of oracle/world/table.h; gfns are found when they are asked for. */
#include "oracle/world/table.h"

/**
 * rmap_each() - who maps a frame
 * @fn: @who: vmid, or with @spt smmu_id(index, cbndx); at @gfn.  In no order that means anything, but in the same one for the
 *      same history, undone parts of it left out
 */
void rmap_each(const struct tables *ts, u64 pfn, void (*fn)(void *arg, u16 who, u64 gfn, bool spt),
               void *arg);
