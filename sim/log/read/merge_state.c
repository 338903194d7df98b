// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_state.h"

bool merge_is_cut(const struct merge *m)
{
	return m->reader->file ? !m->reader->file->closed : m->dry != 0;
}

bool merge_in_part(const struct merge *m)
{
	for (u64 left = m->dry; left; left &= left - 1)
		if (reader_lost(m->reader, (u32)__builtin_ctzll(left)))
			return true;
	return false;
}
