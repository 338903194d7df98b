/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Which pages of a mapping the kernel has given memory to: all others hold 0.  The kernel is asked, not who writes, so that a write that
 * nobody told of shows.
 *
 * The answer takes time for each page that there could be, a fraction of a millisecond for a machine's objects.  A page gets memory by a
 * fault, and the process counts its faults: as long as there was none since the kernel was asked last, no page has come.  But a whole
 * block may get memory behind the process's back, where one of its pages has some and the kernel makes a huge page of the block.  So a
 * memory of what was found keeps blocks, and of those the kernel is asked each time.
 */
#include "sim/base/types.h"

struct resident;

/* Does the host count a fault when it comes?  Where it does not, nothing can be remembered.  To be asked once: it takes a while. */
bool resident_works(void);

/* A memory of what is found of one mapping; NULL: the host has none.  Only where resident_works(). */
struct resident *resident_new(void);
void resident_free(struct resident *r);

/*
 * Call @fn for each page of @map, @pages of 4096 bytes from a page's beginning on, that has memory, in their order, until @fn returns false,
 * which is returned then.
 * @r: what was found before, or NULL
 */
bool resident_each(const void *map, u64 pages, struct resident *r, bool (*fn)(u64 page, void *arg),
                   void *arg);

/* Of how many pages the kernel was asked by @r. */
u64 resident_asked(const struct resident *r);
