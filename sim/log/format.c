// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/format.h"

#include <stddef.h>
#include <xxhash.h>

u64 log_chunk_checksum(const struct log_chunk_header *h, const void *stored)
{
	u64 fields = XXH3_64bits(h, offsetof(struct log_chunk_header, checksum));

	return XXH3_64bits_withSeed(stored, h->stored_bytes, fields);
}

u64 log_header_checksum(const struct log_file_header *h)
{
	return XXH3_64bits(h, offsetof(struct log_file_header, checksum));
}

u64 log_closed_checksum(const struct log_closed *c)
{
	return XXH3_64bits(c, offsetof(struct log_closed, checksum));
}
