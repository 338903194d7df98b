/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Loads and stores of what runs on a CPU, the host or a guest, and of its devices, with the fault as an answer; in api.h
 * stand the published entries, in which it is stuck.
 *
 * An access takes no lock.  It walks the running table (cur_vmid's; a device's: its bank's), or asks the CPU's
 * translation buffer (shmem/tlb.h), and sees the page's record and the VM's state as they are then.  As in the published
 * machine it is one step of flat memory (shmem/flatmem.h): whoever gives the page to another writes its record first and the
 * frame then, so that a store is overwritten there or finds the new record.  The objects that it reads may change meanwhile;
 * it says which of their versions it read.
 */
#include "shmem/walk.h"

enum access_result {
	ACCESS_OWN,    /* the page is its own alone: the frame was loaded or stored */
	ACCESS_SHARED, /* it is not: the value is the data oracle's; a store has no effect */
	ACCESS_NO_TRANSLATION, /* the access faults */
	ACCESS_NOT_VERIFIED,   /* the VM is not VERIFIED */
	ACCESS_NO_RECORD,      /* a guest's or its device's: the frame has no page record */
	ACCESS_NOT_OWNER,      /* the bank is another's; dma_access(): nobody's */
};

enum access_from {
	ACCESS_FROM_NONE,   /* no translation was asked for */
	ACCESS_FROM_WALK,   /* it is the table's, or there is none */
	ACCESS_FROM_BUFFER, /* it is the CPU's translation buffer's */
};

/* A device's: SMMU for the bank's owner, INFO for the state, the table, S2PAGE. */
enum { ACCESS_SEEN = 4 };

/**
 * struct access - how one ended
 * @vmid:  whose access: who runs on the CPU; of dma_access() the bank's owner
 * @pfn:   the frame; 0 but for ACCESS_OWN, ACCESS_SHARED and ACCESS_NO_RECORD
 * @value: what was loaded or stored; 0 but for ACCESS_OWN and ACCESS_SHARED
 * @level: 3: by a page, always so in a bank; 2: by a block; 0: there is no frame
 * @stale, @untold: its translation was no longer the tables', or that could not be told (shmem/tlb.h; also in the
 *         statistics: stale_accesses, untold_accesses)
 * @flat_number: of its step at flat memory; of a store that had an effect, one more than its event's
 * @seen:  [n_seen] the objects that it read, in its order, and which of their versions (shmem/walk.h).  Of a table whose
 *         translation came from the buffer: the version that it was compared with
 */
struct access {
	enum access_result how;
	u32 vmid;
	u64 pfn, value;
	u32 level;
	enum access_from from;
	bool stale, untold;
	u32 flat_number;
	u32 n_seen;
	struct seen seen[ACCESS_SEEN];
};

enum access_kind { ACCESS_LOAD, ACCESS_STORE };

/**
 * mem_access() - the running code loads a page into a register, or stores a register into one
 * @gfn: page of its addresses
 * @reg: number of the register; a load: 0..29
 *
 * Source: TrapHandler, mem_load_spec, mem_store_spec.  Event: OPT_GET.  Erratum access-registers
 * Locks:  none, and flat memory's word is free
 * Stuck:  STUCK_MODE; STUCK_RANGE (@reg; a page with a record beyond the frames of flat memory)
 */
struct access mem_access(struct cpu *c, enum access_kind kind, u64 gfn, u32 reg);

/**
 * dev_access() - a device behind a context bank of what runs here does
 *
 * Source: TrapHandler, dev_load_spec, dev_store_spec.  All else: as mem_access()
 * Stuck:  also STUCK_RANGE (@cbndx, @index)
 */
struct access dev_access(struct cpu *c, enum access_kind kind, u64 gfn, u32 reg, u32 cbndx,
                         u32 index);

/**
 * dma_access() - a device behind a context bank does, whoever runs on the CPU: what it may is for the bank's owner to say
 * @value: what a store stores
 *
 * Beyond the model, in which a device acts only while its owner runs; no register is read or written.  All else: as dev_access()
 * Stuck:  STUCK_MODE; STUCK_RANGE (@cbndx, @index; a page with a record beyond the frames of flat memory)
 */
struct access dma_access(struct cpu *c, enum access_kind kind, u64 gfn, u64 value, u32 cbndx,
                         u32 index);
