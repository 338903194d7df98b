/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the CPUs of a scenario tell each other of the machine's pools, which only ever get emptier.  Hints, as those of board.h. */
#include "sim/base/consts.h"
#include "sim/base/types.h"

/**
 * struct pool_hint
 * @reserved: drawn, or about to be; @drawn: by operations that have ended
 */
struct pool_hint {
	u64 reserved, drawn;
};

/**
 * struct pools
 * @spt_pgd, @spt_pmd: tables of the SMMUs' second and third level, in pages
 * @remap:  addresses for images, in pages
 * @stage2: [vmid] tables of the VM's stage-2 table, of the level that is to run out
 */
struct pools {
	struct pool_hint spt_pgd, spt_pmd, remap;
	struct pool_hint stage2[N_VMID];
};

/* @n more of a pool that has @size; which, from *first on.  false: there are not so many left, and nothing is reserved. */
bool pool_reserve(struct pool_hint *p, u64 n, u64 size, u64 *first);
/* Reserved, and not drawn. */
void pool_drop(struct pool_hint *p, u64 n);
/* Drawn. */
void pool_drawn(struct pool_hint *p, u64 n);
