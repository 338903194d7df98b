/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* All that a page table maps, read from its root: code of its own, which shares nothing with the machine's walks. */
#include "shmem/obj/obj.h"

/* @fn for each gfn whose walk comes to an entry that is not 0; @pfn 0: it maps nothing.  In the order of gfns. */
typedef void (*leaf_fn)(void *arg, u64 gfn, u64 pfn, u64 pte);

/* The stage-2 table @o of a VM.  An entry that names no page of the pool below it is as one that is 0. */
void obs_each_npt(const struct obj *o, vmid_t vmid, leaf_fn fn, void *arg);
/* The table of context bank @bank, smmu_id(index, cbndx). */
void obs_each_spt(const struct obj *o, u32 bank, leaf_fn fn, void *arg);
