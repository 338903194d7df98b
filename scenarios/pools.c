// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/pools.h"

#include "scenarios/hints.h"

bool pool_reserve(struct pool_hint *p, u64 n, u64 size, u64 *first)
{
	u64 reserved = board_get(&p->reserved);

	do {
		if (n > size - reserved)
			return false;
	} while (!board_cas(&p->reserved, &reserved, reserved + n));
	*first = reserved;
	return true;
}

void pool_drop(struct pool_hint *p, u64 n)
{
	board_add(&p->reserved, -n);
}

void pool_drawn(struct pool_hint *p, u64 n)
{
	board_add(&p->drawn, n);
}
