// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/chunk_name.h"

#include "sim/base/vec.h"

#include <xxhash.h>

/* What has no checksum of its own: a chunk that was not closed. */
static bool add_open(const struct chunk_file *f, const struct file_chunk *k, XXH3_state_t *sum)
{
	size_t n = (size_t)min_u64(f->header.slot_bytes, f->size - k->offset);
	u8 *bytes = xmalloc(n + 1);
	bool ok = chunk_read_at(f, bytes, n, k->offset) == 0;

	XXH3_64bits_update(sum, bytes, n);
	free(bytes);
	return ok;
}

static bool add_chunk(const struct chunk_file *f, const struct file_chunk *k, XXH3_state_t *sum)
{
	struct log_chunk_header h;

	if (chunk_read_at(f, &h, sizeof(h), k->offset) < 0)
		return false;
	XXH3_64bits_update(sum, &h, sizeof(h));
	return chunk_is_closed(&h) || add_open(f, k, sum);
}

bool chunk_file_name(const struct chunk_file *f, struct log_name *out)
{
	XXH3_state_t *sum = XXH3_createState();
	bool ok = sum && XXH3_64bits_reset(sum) == XXH_OK;

	if (!ok)
		return false;
	XXH3_64bits_update(sum, &f->header, sizeof(f->header));
	for (u32 i = 0; i < LOG_STREAMS && ok; i++)
		for (u32 k = 0; k < f->stream[i].n && ok; k++)
			ok = add_chunk(f, &f->stream[i].chunk[k], sum);
	out->checksum = XXH3_64bits_digest(sum);
	out->size = f->size;
	XXH3_freeState(sum);
	return ok;
}
