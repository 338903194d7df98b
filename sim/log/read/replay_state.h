/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a replay knows. */
#include "shmem/obj/obj.h"
#include "sim/base/vec.h"
#include "sim/log/config.h"

/**
 * struct replay_page - 512 cells of an object that a push has changed
 */
struct replay_page {
	u32 lk, page;
};

/* Which pages were changed: bits. */
enum { PAGE_OF_EPISODE = 1, PAGE_SINCE_STASH = 2 };

/**
 * struct replay
 * @obj:     [ID_END], those with a bit in @used
 * @episode: number of the current one, when @in_episode
 * @diffs:   of the last push, with both values or from the data oracle
 * @track:   which pages change is kept: @touched in this episode, @changed of them since replay_stash(), and [lk][page] of it
 *           in @state
 * @begun:   an episode has begun since replay_stash()
 */
struct replay {
	const struct log_config *config;
	struct data_oracle data;
	struct obj obj[ID_END];
	u64 used;
	bool in_episode;
	u32 episode;
	VEC(struct diff) diffs;
	bool track, begun;
	VEC(struct replay_page) touched, changed;
	u8 *state[ID_END];
};
