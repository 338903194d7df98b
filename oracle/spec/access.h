/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * An access of running code: what its answer says of the tables and records that it read.  [TrapHandlerSpec: mem_load_spec,
 * mem_store_spec, dev_load_spec, dev_store_spec; spec/32 7.3]
 *
 * It takes no lock and so has no lock point.  Its mark says which objects it read, and the numbers of their locks' sections before
 * the first read and after the last: where nobody has been in a section meanwhile the object was as between two sections.
 */
#include "oracle/spec/abs.h"

/**
 * struct access - as the mark and its operation say
 * @how:   MV_ACCESS_*; @walked: its translation comes from the table
 * @vmid:  who runs on the CPU; of @dma the bank's owner in the state
 * @bank:  of a device's access (@device); @dma: one of dma_load and dma_store, whoever runs on the CPU
 * @gfn, @pfn: where it is, and the frame
 */
struct access {
	u32 how, vmid, bank;
	bool walked, device, dma;
	u64 gfn, pfn;
};

/**
 * access_fits() - may the access have got this answer?
 * @s:    @s->held are the objects that were as they are in @s->w; of others nothing is asked
 * @on:   when it may not: the object on which that rests
 * @buf:  "gfn 0x210 is mapped to frame 0x210 (level 3, entry 0x210fff)"; "" when it may
 */
bool access_fits(struct abs *s, const struct access *a, lk_t *on, char *buf, size_t size);
