/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Registers that should be what they were: what is found of those that are not. */
#include "oracle/check/judge.h"
#include "oracle/registers.h"

/**
 * struct differ - registers that are not what they should be, of one comparison
 * @who, @saved: whose: "the context of vCPU 2 of VM 3" if @saved
 * @seen:  (bits of struct facts' by, and bit 31: none) excuses of those that were told: one of each is enough
 */
struct differ {
	struct judge *j;
	const struct event *e;
	enum check_row row;
	const struct runs_on *who;
	bool saved;
	u32 seen;
};

/* A comparison of the registers of @who, or with @saved of its context, begins. */
struct differ kept_differ(struct judge *j, const struct event *e, enum check_row row,
                          const struct runs_on *who, bool saved);
/* Register @r is another one than it should be. */
void kept_found(struct differ *d, enum reg r, u64 is, u64 want, u32 by);

/* Register @r should be @want and is @is; @by: (bits, KNOWN_*) slips that do just this. */
static inline void kept_expect(struct differ *d, enum reg r, u64 is, u64 want, u32 by)
{
	if (unlikely(is != want))
		kept_found(d, r, is, want, by);
}
