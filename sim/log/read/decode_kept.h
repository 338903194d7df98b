/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A decoder's state between two records, kept so that it can go back there: for who reads a stream that is cut behind that place and
 * goes on otherwise.  The same chunk must lie where it lay.
 */
#include "sim/base/vec.h"
#include "sim/log/read/decoder.h"

/**
 * struct decoder_kept - what its records change of a decoder; one that is all 0 is empty
 * @differ: locks (bits) of which differences wait, those of the lowest one first in @diffs, as many as @n_diffs says
 */
struct decoder_kept {
	u32 lk, bound, id, kind;
	u64 time_ns, episode, pulled, differ;
	u64 known[ID_END], known_data[N_VMID];
	VEC(u32) n_diffs;
	VEC(struct diff) diffs;
};

/* @d stands between two records.  What @k had is forgotten. */
void decoder_keep(const struct decoder *d, struct decoder_kept *k);
/* @d stands there again, but for its bytes: decoder_feed() comes next. */
void decoder_go_back(struct decoder *d, const struct decoder_kept *k);
void decoder_kept_free(struct decoder_kept *k);
