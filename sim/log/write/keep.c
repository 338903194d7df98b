// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/keep.h"

#include "sim/base/check.h"
#include "sim/base/large.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/**
 * struct stream_keep - the place of one stream
 * @header:   of the chunk in which it is: closing the chunk changes it
 * @n_chunks: chunks of the stream
 */
struct stream_keep {
	struct log_writer writer;
	struct log_chunk_header header;
	u32 n_chunks;
};

/**
 * struct log_keep
 * @full: the CPUs had been asked to meet
 * @stream: [log->cpus + 1]
 */
struct log_keep {
	struct log *log;
	u64 used_bytes, run_episode;
	struct flag full;
	struct stream_keep stream[];
};

int log_keep_new(struct log_keep **out, struct log *l, struct err *e)
{
	struct log_keep *k = calloc(1, sizeof(*k) + (l->cpus + 1) * sizeof(k->stream[0]));

	SIM_ASSERT(l->slots.kind == LOG_MEMORY);
	SIM_ASSERT(!l->handover);
	SIM_ASSERT(!l->supply.thread);
	if (!k)
		return err_set(e, ERR_MEMORY, "no memory for the places of %u streams",
		               l->cpus + 1);
	if (!log_run_begin(l)) {
		free(k);
		*e = l->slots.error;
		return -(int)e->code;
	}
	k->log = l;
	log_keep_here(k);
	*out = k;
	return 0;
}

void log_keep_free(struct log_keep *k)
{
	free(k);
}

void log_keep_here(struct log_keep *k)
{
	struct log *l = k->log;

	SIM_ASSERT(!flag_get(&l->slots.failed));
	k->used_bytes = l->slots.used_bytes;
	k->full = l->slots.full;
	k->run_episode = l->run_episode;
	for (u32 i = 0; i <= l->cpus; i++) {
		const struct log_writer *w = &l->writer[i];

		SIM_ASSERT(log_on(w));
		k->stream[i].writer = *w;
		k->stream[i].header = *w->chunk;
		k->stream[i].n_chunks = l->chunks[i].n;
	}
}

/* Bytes @from.. of a chunk, up to where its records end, are 0 again. */
static void clear(struct log_chunk_header *h, u32 from, u32 end)
{
	memset((u8 *)h + from, 0, end - from);
}

static u32 end_of(const struct log_chunk_header *closed)
{
	return (u32)sizeof(*closed) + closed->record_bytes;
}

/* Chunks that the stream has begun since: the first one is ready to be its next, the others are given back. */
static void drop_chunks(struct log *l, struct log_writer *w, const struct stream_keep *s)
{
	struct log_chunks *own = &l->chunks[w->cpu];
	struct log_chunk_header **spare = &l->supply.spare[w->cpu], *last = own->v[own->n - 1];

	for (u32 i = s->n_chunks; i < own->n; i++) {
		struct log_chunk_header *h = own->v[i];

		if (*spare) {
			munmap(h, LOG_SLOT_BYTES);
			continue;
		}
		clear(h, 0, h == last ? place_at(w->place) : end_of(h));
		*spare = h;
	}
	/* The scratch chunk stands behind the list. */
	own->v[s->n_chunks] = own->v[own->n];
	own->n = s->n_chunks;
}

static void return_stream(struct log *l, struct log_writer *w, const struct stream_keep *s)
{
	struct log_chunk_header *h = s->writer.chunk;

	if (l->chunks[w->cpu].n == s->n_chunks) {
		clear(h, place_at(s->writer.place), place_at(w->place));
	} else {
		clear(h, place_at(s->writer.place), end_of(h));
		*h = s->header;
		drop_chunks(l, w, s);
	}
	copy_large(w, &s->writer, sizeof(*w));
}

void log_keep_return(struct log_keep *k)
{
	struct log *l = k->log;

	if (flag_get(&l->slots.failed))
		return;
	for (u32 i = 0; i <= l->cpus; i++) {
		struct log_writer *w = &l->writer[i];
		const struct stream_keep *s = &k->stream[i];

		SIM_ASSERT_DBG(w->seq >= s->writer.seq);
		/* Whatever was written, the place is another. */
		if (w->place != s->writer.place || w->chunk != s->writer.chunk)
			return_stream(l, w, s);
	}
	l->slots.used_bytes = k->used_bytes;
	l->slots.full = k->full;
	l->run_episode = k->run_episode;
}
