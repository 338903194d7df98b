// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decoder.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <string.h>

void decoder_init(struct decoder *d, u32 cpu, const struct log_config *config)
{
	memset(d, 0, sizeof(*d));
	d->cpu = (u8)cpu;
	d->lk = d->id = d->kind = ~0u;
	d->bound = config->lock_bound;
	d->config = config;
	for (u32 lk = 0; lk < ID_END; lk++) {
		d->known[lk] = word_make(config->start_ticket, config->start_now);
	}
}

void decoder_destroy(struct decoder *d)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		free(d->diffs[lk].v);
	memset(d->diffs, 0, sizeof(d->diffs));
}

void decoder_copy(struct decoder *out, const struct decoder *d)
{
	*out = *d;
	memset(out->diffs, 0, sizeof(out->diffs));
	out->differ = 0;
}

void decoder_copy_whole(struct decoder *out, const struct decoder *d)
{
	decoder_copy(out, d);
	for (u32 lk = 0; lk < ID_END; lk++) {
		u32 n = d->diffs[lk].n;

		if (n == 0)
			continue;
		out->diffs[lk].v = xcalloc(n, sizeof(struct diff));
		out->diffs[lk].n = out->diffs[lk].cap = n;
		memcpy(out->diffs[lk].v, d->diffs[lk].v, n * sizeof(struct diff));
		out->differ |= 1ull << lk;
	}
}

void *decode_arena_full(struct decode_batch *b, size_t n)
{
	void *p;

	if (b->used + n > b->cap) {
		if (b->n > 0)
			return NULL;
		SIM_ASSERT(b->used == 0);
		free(b->arena);
		b->cap = n;
		b->arena = xcalloc(1, n);
	}
	p = b->arena + b->used;
	b->used += (n + 7) & ~(size_t)7;
	if (b->used > b->cap)
		b->used = b->cap;
	return p;
}
