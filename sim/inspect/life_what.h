/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Whose life is asked for. */
#include "sim/inspect/cell.h"

enum life_of { LIFE_PAGE, LIFE_VM, LIFE_BANK, LIFE_CELL };

/**
 * struct life_options
 * @number: the frame (LIFE_PAGE), the vmid (LIFE_VM), or smmu_id(index, cbndx) (LIFE_BANK)
 * @cell:   LIFE_CELL
 * @from, @to: indices in the merged log, both included: changes there
 * @keep_going: asked now and then; false ends it early (NULL: never)
 */
struct life_options {
	enum life_of of;
	u64 number;
	struct log_cell cell;
	u64 from, to;
	bool json;
	bool (*keep_going)(void);
};
