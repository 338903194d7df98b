/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Whose life is asked for. */
#include "shmem/obj/obj.h"

enum life_of { LIFE_PAGE, LIFE_VM, LIFE_BANK, LIFE_CELL };

/**
 * struct life_options
 * @number: the frame (LIFE_PAGE), the vmid (LIFE_VM), or smmu_id(index, cbndx) (LIFE_BANK)
 * @lk, @field, @index: the cell (LIFE_CELL), which its object has
 * @from, @to: indices in the merged log, both included: changes there
 */
struct life_options {
	enum life_of of;
	u64 number;
	lk_t lk;
	u32 field;
	u64 index, from, to;
	bool json;
};
