/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Random streams (kit_streams.h) as a log in a file. */
#include "tests/kit_streams.h"

enum { PACKED_PATH = 64 };

/* Play all episodes of @o from @seed and write them, some chunks a stream: the log's name goes to @path, and it is there until the descriptor that is returned is closed. */
int packed_streams(const struct streams_options *o, u64 seed, char *path);
