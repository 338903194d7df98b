/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* hypsim replay LOG: what a log of a free run has, executed again. */
#include "sim/base/types.h"

/**
 * struct replay_log_opts
 * @episode: this one alone; ~0: each
 */
struct replay_log_opts {
	const char *path;
	u64 episode;
	bool json;
};

/* Does a file begin as a log, binary or text, does?  One that cannot be read does not. */
bool replay_log_is(const char *path);
/* Returns an exit status. */
int replay_log(const struct replay_log_opts *o);
