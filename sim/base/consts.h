/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Constants, object numbers, range checks and address arithmetic of the published machine.  [Constants, RData] */
#include "sim/base/types.h"

/* One anonymous enum each: a constant expression of its own type (gcc and clang take 64-bit enumerators). */
#define CONST(name, value) enum { name = value };
#include "sim/base/consts.def"

/* Object, lock and log numbers: the one numbering of the simulator.  [Constants, *_ID] */
enum obj_id {
	FLATMEM_ID = 0,
	CORE_ID = 1,
	S2PAGE_ID = 2,
	SPT_ID = 3,
	SMMU_ID = 4,
	NPT_ID = 5,   /* + vmid */
	INFO_ID = 22, /* + vmid */
	ID_END = 39,
};

enum {
	N_VMID = 17,       /* 0..COREVISOR */
	FAIRNESS_MIN = 20, /* [CalLock.fairness] */
	LOCK_BOUND = 10,   /* [CalLock.lock_bound] */
};

/* fairness of a machine with n CPUs (spec: 20, or 2 * (n - 1) + 1 above ten). */
static inline u32 fairness_of(u32 n_cpus)
{
	u32 need = n_cpus > 0 ? 2 * (n_cpus - 1) + 1 : 0;

	return need > FAIRNESS_MIN ? need : FAIRNESS_MIN;
}

/* TOTAL_CPU of a machine with n CPUs. */
static inline u32 total_cpu_of(u32 n_cpus)
{
	return n_cpus > TOTAL_CPU ? n_cpus : TOTAL_CPU;
}

_Static_assert(INFO_ID == NPT_ID + N_VMID,
               "the page tables of 17 vmids come before the VM records");
_Static_assert(ID_END == INFO_ID + N_VMID, "ID_END is one past the last VM record");
