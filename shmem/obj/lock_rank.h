/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The order in which locks may be nested: SMMU < INFO < CORE, S2PAGE < SPT, NPT.  [MmioOps, BootOps, MemManager] */
#include "shmem/obj/obj.h"

enum {
	LOCK_RANK_NR = 4,
	LOCK_RANK_NONE = LOCK_RANK_NR, /* FLATMEM: no lock */
};

/* 0..LOCK_RANK_NR-1: a lock may be taken while holding locks of lower ranks only.  @id < ID_END. */
static inline u32 obj_lock_rank(lk_t id)
{
	switch (obj_kind_of(id)) {
	case OBJ_FLATMEM:
		return LOCK_RANK_NONE;
	case OBJ_SMMU:
		return 0;
	case OBJ_INFO:
		return 1;
	case OBJ_CORE:
	case OBJ_S2PAGE:
		return 2;
	case OBJ_SPT:
	case OBJ_NPT:
		return 3;
	case OBJ_NR:
		break;
	}
	return LOCK_RANK_NONE;
}
