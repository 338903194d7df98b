/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The state that a machine boots with: a memory map, two SMMUs, and contents of the objects that satisfy every invariant.
 * The published files leave it open; what they need of it:
 *   every page of memory belongs to the host: (0, 0, smmu_host_gfn(pfn)); those of the core's table pools to the core:
 *   (COREVISOR, 0, INVALID64); frame 0 and devices are unmanaged
 *   pools are 0 and their cursors at the start; every VM is UNUSED; no context of an SMMU has an owner
 *   next_vmid is 1, so that VM 0 never leaves UNUSED; next_remap_ptr is REMAP_START
 */
#include "shmem/fixed.h"
#include "sim/base/errata.h"
#include "sim/log/config.h"

/* Pages of memory: by default, and at least and at most; a multiple of 512.  Pages of the core. */
enum {
	BOOT_PAGES = 16384,
	BOOT_PAGES_MIN = 1024,
	BOOT_PAGES_MAX = MAX_S2PAGE_NUM - PMD_PAGE_NUM,
	BOOT_CORE_PAGES = 0xf0,
};

/* Flags of regions; nothing in the model looks at them. */
enum boot_region { BOOT_MEMORY, BOOT_DEVICES, BOOT_CORE };

/**
 * machine_boot_fixed() - the default memory map and SMMUs
 * @pages: pages of memory; their records are the first ones
 *
 * Five regions: devices from 1 MiB on (the SMMUs' registers are there, below the 16 MiB that a fault of the host can name),
 * half of the pages from 2 MiB on, devices, the other pages from 1 GiB on, and the core's pages from PT_POOL_START on.
 * Making and resetting a machine writes a record of 8 bytes a page.
 *
 * The core's pages are the first of its table pools at the pools' own addresses: roots and first levels of the SMMUs' and of
 * the host's tables.  The rest of the pools has no page records.  By their addresses they reach over 544 MiB from
 * PT_POOL_START on, and all of the 16 MiB where a fault of the host finds memory (HPFAR_MASK), so that a host that has any
 * there contradicts them.
 */
void machine_boot_fixed(struct fixed *f, u64 pages);

/**
 * machine_boot_config() - what the log's header says of it
 * @c: gets the memory regions and SMMUs, and the rows of initial contents, behind those that it has
 * @f: for machine_params.fixed, too
 * @e: erratum smmu-host-offset
 */
void machine_boot_config(struct log_config *c, const struct fixed *f, const struct errata *e);
