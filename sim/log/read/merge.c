// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge.h"

#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/log/read/decode.h"
#include "sim/log/read/merge_run.h"
#include "sim/log/read/merge_wait.h"

enum { ARENA_BYTES = 1 << 16 };

static void begin_batch(struct merge *m, struct event *out, u32 max)
{
	m->batch.event = out;
	m->batch.n = 0;
	m->batch.max = max;
	m->batch.used = 0;
}

static int merge_next(struct log_source *s, struct event *out, u32 max, u32 *n, struct err *e)
{
	struct merge *m = (struct merge *)s;
	u32 flags = 0;

	*n = 0;
	SIM_ASSERT(max > 0);
	if (unlikely(interrupted()))
		return err_set(e, ERR_INTERRUPT, "%s: interrupted", reader_name(m->reader));
	if (m->own_at == m->own_n && max >= 2 * DECODE_ROOM) {
		begin_batch(m, out, max);
		merge_fill(m);
		*n = m->batch.n;
	} else {
		/* A caller that takes fewer than a record can give. */
		if (m->own_at == m->own_n) {
			if (!m->own)
				m->own = xcalloc(SOURCE_BATCH, sizeof(*m->own));
			begin_batch(m, m->own, SOURCE_BATCH);
			merge_fill(m);
			m->own_n = m->batch.n;
			m->own_at = 0;
		}
		while (*n < max && m->own_at < m->own_n)
			out[(*n)++] = m->own[m->own_at++];
	}
	m->n_events += *n;
	for (u32 i = 0; i < *n; i++) {
		m->cpu_events[out[i].cpu]++;
		flags |= out[i].flags;
	}
	if (unlikely(flags & EVF_TIME))
		source_take_times(s, out, *n);
	else
		s->times.n_events += *n;
	if (*n == 0 && m->done && m->error.code != ERR_NONE) {
		*e = m->error;
		return -(int)e->code;
	}
	return 0;
}

static u64 merge_lock_name(const struct log_source *s, lk_t lk)
{
	(void)s;
	return lk;
}

static void merge_close(struct log_source *s)
{
	merge_free((struct merge *)s);
}

struct merge *merge_new(struct reader *reader, bool open_end)
{
	struct merge *m = xcalloc(1, sizeof(*m));
	const struct log_config *config = reader_config(reader);

	m->src = (struct log_source){ .config = config,
		                      .next = merge_next,
		                      .lock_name = merge_lock_name,
		                      .close = merge_close };
	m->reader = reader;
	m->cpus = config->cpus;
	m->all = m->fresh = ~0ull >> (64 - config->cpus);
	m->running = m->wake_lk = m->back_lk = ~0u;
	m->open_end = open_end;
	m->lags = !open_end && reader_lags(reader);
	m->batch.cap = ARENA_BYTES;
	m->batch.arena = xcalloc(1, ARENA_BYTES);
	for (u32 c = 0; c < m->cpus; c++) {
		decoder_init(&m->cpu[c].dec, c, config);
		m->cpu[c].waiting = ~0u;
	}
	decoder_init(&m->run, 0, config);
	for (u32 lk = 0; lk < ID_END; lk++)
		m->lock[lk] = (struct merge_lock){ .word = word_make(config->start_ticket,
			                                             config->start_now) };
	return m;
}

struct merge *merge_open_memory(const struct chunk_source *s)
{
	return merge_new(reader_open_memory(s), true);
}

struct merge *merge_open_live(struct live_source *s)
{
	return merge_new(reader_open_live(s), true);
}

void merge_finish(struct merge *m)
{
	/* Those that were dry look once more before they count as ended. */
	merge_look_again(m);
	m->open_end = false;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	for (u32 c = 0; c < m->cpus; c++)
		decoder_destroy(&m->cpu[c].dec);
	decoder_destroy(&m->run);
	reader_close(m->reader);
	free(m->batch.arena);
	free(m->own);
	free(m);
}

struct merge *merge_of_source(struct log_source *s)
{
	return s->next == merge_next ? (struct merge *)s : NULL;
}
