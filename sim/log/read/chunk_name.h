/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/log/read/chunk_index.h"

/**
 * struct log_name - which log it is, for who keeps something about a log beside it
 * @checksum: over the file's header, the headers of all chunks, and the records of those that were not closed
 */
struct log_name {
	u64 checksum, size;
};

/* False: the file cannot be read. */
bool chunk_file_name(const struct chunk_file *f, struct log_name *out);
