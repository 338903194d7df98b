/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Changes of flat memory: one number a page frame, a log and no lock.  [RData.flatmem]
 *
 * Each function but those of a longer step is one step: it takes flat memory's word (lock/flat.h), changes the frames,
 * writes the one OFLATMEM with what changed, and passes the word on; so the last writer in the order of the log is what
 * memory holds.  They check no range and no ownership: that is their callers' part.  Frames are below KVM_PFN_SPACE, VMs
 * below N_VMID.
 *
 * Locks: any, or none.  Leaves on halt and stop, before anything is changed.
 */
#include "cpu/cpu.h"

/*
 * A longer step: what is done in between, no other CPU's step at flat memory comes between it and the frames.  A CPU that
 * leaves by a jump ends its step.  No lock is waited for inside, and no other function of this header is called.
 */
void flat_step_begin(struct cpu *c);
/* Returns the number that the step takes at flat memory, as an event does: where in flat memory's order it stands. */
u32 flat_step_end(struct cpu *c);
/* As flat_load() and flat_store(). */
u64 flat_step_load(struct cpu *c, pfn_t pfn);
void flat_step_store(struct cpu *c, pfn_t pfn, u64 value);

/* Value number @n that the data oracle of the CPU's machine has for @vmid. */
u64 flat_value(const struct cpu *c, vmid_t vmid, u64 n);

/* One frame becomes 0. */
void flat_clear(struct cpu *c, pfn_t pfn);

/* Frames @first..@first + @n - 1 become flat_value(@vmid, @from), flat_value(@vmid, @from + 1), ...; none if @n is 0. */
void flat_fetch(struct cpu *c, pfn_t first, u64 n, vmid_t vmid, u64 from);

/* One frame becomes flat_value(@vmid, @index). */
void flat_put(struct cpu *c, pfn_t pfn, vmid_t vmid, u64 index);

/* What code that runs on the CPU, a guest's or the host's, loads from a frame.  No event, and no data race. */
u64 flat_load(struct cpu *c, pfn_t pfn);

/* What such code stores. */
void flat_store(struct cpu *c, pfn_t pfn, u64 value);
