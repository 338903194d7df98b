/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "shmem/obj/obj.h"

/**
 * struct log_cell - a cell that is asked for: of object @lk, which has it
 */
struct log_cell {
	lk_t lk;
	u32 field;
	u64 index;
};
