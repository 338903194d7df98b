/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which lock was asked for while which was held. */
#include "sim/inspect/sections.h"

/**
 * struct order_edge - from a lock that is held to one that is asked for
 * @count: how often
 * @first: the section that asked, as it asked first; @outer: the CPU got the held lock there
 */
struct order_edge {
	u64 count, outer;
	struct lock_section first;
};

/**
 * struct lock_order
 * @edge: [held][asked]
 */
struct lock_order {
	struct order_edge edge[ID_END][ID_END];
};

/* sections_told.asked: a section asks for its lock. */
void lock_order_asked(struct lock_order *o, const struct sections *ss,
                      const struct lock_section *s);
/* As bytes and back; nothing was counted before. */
void lock_order_stash(struct lock_order *o, struct stash *s);
