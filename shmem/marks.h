/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the log says of accesses and translations, beside the events: the marks ACCESS, FILL, TLBI and TLBWAIT of
 * sim/log/mark.def.  Nothing is said when there is no log, nor with a scripted environment.
 */
#include "shmem/walk.h"

/**
 * struct access_said - an access of running code
 * @number: of its step at flat memory
 * @how:    how it ended, in the order of sim/log/mark_arg.def (ACCESS)
 * @asked:  a translation was asked for; @buffered: it is the CPU's buffer's; @stale, @untold: as in struct translation
 * @level:  of the entry that gave the translation; 0: none
 * @value:  of a store that had no effect what it would have stored; else 0: the operation's event says what a load gave, and
 *          flat memory's what a store changed
 * @seen:   [n_seen] what was read, and which versions
 */
struct access_said {
	u32 number, how, level;
	bool asked, buffered, stale, untold;
	u64 pfn, value;
	u32 n_seen;
	const struct seen *seen;
};

void mark_access(struct cpu *c, const struct access_said *a);

/* The CPU's buffer took a translation of page @gfn of an address space (sim/log/mark_arg.h: SPACE_*). */
void mark_fill(struct cpu *c, u32 space, u64 gfn, u64 pfn, const struct seen *seen);

/* An invalidation of @n pages begins; the section has @n_diffs differences by then, which the log has before its push. */
void mark_tlbi(struct cpu *c, u32 space, u64 first, u64 n, u32 n_diffs);
/* The CPU has waited for the invalidations that it began. */
void mark_tlbwait(struct cpu *c);
