/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Frames of flat memory.  @pfn and all frames named are is_pfn. */
#include "cpu/cpu.h"

void flat_clear(struct cpu *c, pfn_t pfn);
void flat_fetch(struct cpu *c, pfn_t first, u64 n, vmid_t vmid, u64 from);
void flat_put(struct cpu *c, pfn_t pfn, vmid_t vmid, u64 index);
u64 flat_load(struct cpu *c, pfn_t pfn);
void flat_store(struct cpu *c, pfn_t pfn, u64 value);
