/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The levels of a page table, as pools of pages. */
#include "sim/base/types.h"

/**
 * struct pool - a level of a table: addresses [start, end), and the cursor of its next free page
 * @field:  of the object; @cursor: likewise; of the root NO_CURSOR
 * @blocks: an entry may be a block's
 */
struct pool {
	u64 start, end;
	u32 field, cursor;
	bool blocks;
};

enum { NO_CURSOR = 0xffffffff, POOLS_MAX = 4 };

/* The pools of table @lk, an NPT or the SPT, from the root down; how many. */
u32 table_pools(lk_t lk, struct pool p[POOLS_MAX]);
/* The level of an address, or the number of pools: none. */
u32 table_pools_level(const struct pool *p, u32 n, u64 at);
