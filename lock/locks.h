/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The locks of a machine: lock/ticket.h has what is done with them. */
#include "cpu/cpu.h"
#include "lock/policy.h"
#include "sim/base/consts.h"
#include "sim/base/types.h"

/**
 * struct ticket_lock - one lock
 * @word: lock/word.h
 * @number: FLATMEM's: of its next event; guarded by the word (lock/flat.h)
 * @slot: [ticket % MAX_CPU] SLOT_SLEEPS while the CPU with that ticket sleeps (lock/slot.h)
 */
struct ticket_lock {
	_Alignas(CACHE_LINE) u64 word;
	u32 number;
	_Alignas(CACHE_LINE) u32 slot[MAX_CPU];
};

/**
 * struct locks - all locks of a machine
 * @lock:  number 0 is FLATMEM, which has a word and no lock; those from ID_END on are for scripts
 * @policy, @admission, @sharing: lock/policy.h
 * @sleepers: CPUs that may sleep on a slot (lock/slot.h); read at every release, changed only where waiters sleep
 */
struct locks {
	struct ticket_lock lock[LK_SPACE];
	struct wait_policy policy;
	struct admission admission;
	_Alignas(CACHE_LINE) u32 sleepers;
	struct sharing sharing;
};
