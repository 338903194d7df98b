// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_copy.h"

#include "sim/base/vec.h"

enum { COPY_ARENA = 1 << 16 };

struct merge *merge_copy(const struct merge *m)
{
	struct merge *copy = xcalloc(1, sizeof(*copy));

	*copy = *m;
	copy->reader = reader_ahead_all(m->reader);
	for (u32 c = 0; c < m->cpus; c++)
		decoder_copy_whole(&copy->cpu[c].dec, &m->cpu[c].dec);
	decoder_copy_whole(&copy->run, &m->run);
	copy->own = NULL;
	copy->batch = (struct decode_batch){ .event = xcalloc(SOURCE_BATCH, sizeof(struct event)),
		                             .max = SOURCE_BATCH,
		                             .arena = xcalloc(1, COPY_ARENA),
		                             .cap = COPY_ARENA };
	return copy;
}

void merge_copy_room(struct merge *copy)
{
	copy->batch.n = 0;
	copy->batch.used = 0;
}

void merge_copy_free(struct merge *copy)
{
	for (u32 c = 0; c < copy->cpus; c++)
		decoder_destroy(&copy->cpu[c].dec);
	decoder_destroy(&copy->run);
	reader_close(copy->reader);
	free(copy->batch.event);
	free(copy->batch.arena);
	free(copy);
}
