// SPDX-License-Identifier: GPL-2.0-only
#include "sim/run/halves.h"

#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 64,
	WAKE = SLOTS / 4,      /* who waits is woken when so many slots wait for it, so seldom */
	SLOT_KEEPS = 1 << 20,  /* bytes that a slot keeps for its next batch */
	RING_BYTES = 64 << 20, /* of all slots that wait: more than that only for one batch */
};

/**
 * struct slot - a batch
 * @bytes: [cap] what its events point to, @used of it
 */
struct slot {
	u32 n;
	size_t used, cap;
	u8 *bytes;
	struct event event[SOURCE_BATCH];
};

/**
 * struct ring
 * @mutex:  guards what is below it; a slot is its writer's until @put says that it is there, and its reader's until @taken
 * @put, @taken: slots so far
 * @waits:  bytes of those between them
 * @end:    no more will come
 * @writer_sleeps, @reader_sleeps: until the condition is signalled
 */
struct ring {
	struct checker *checker;
	struct overlap *overlap;
	struct slot slot[SLOTS];
	pthread_mutex_t mutex;
	pthread_cond_t room, some;
	u64 put, taken;
	size_t waits;
	bool end, writer_sleeps, reader_sleeps;
};

/* The next slot that is free.  @bytes: that it shall get; 0: not known yet. */
static struct slot *slot_free(struct ring *r, size_t bytes)
{
	pthread_mutex_lock(&r->mutex);
	while (r->put - r->taken == SLOTS || (r->put > r->taken && r->waits + bytes > RING_BYTES)) {
		r->writer_sleeps = true;
		/* What lies there shall be worked at. */
		if (r->reader_sleeps)
			pthread_cond_signal(&r->some);
		pthread_cond_wait(&r->room, &r->mutex);
	}
	r->writer_sleeps = false;
	pthread_mutex_unlock(&r->mutex);
	return &r->slot[r->put % SLOTS];
}

static void slot_put(struct ring *r, bool end)
{
	pthread_mutex_lock(&r->mutex);
	r->end = end;
	if (!end)
		r->waits += r->slot[r->put++ % SLOTS].used;
	if (r->reader_sleeps && (end || r->put - r->taken >= WAKE))
		pthread_cond_signal(&r->some);
	pthread_mutex_unlock(&r->mutex);
}

/* The next one, when it is there; NULL: the end. */
static const struct slot *slot_take(struct ring *r)
{
	const struct slot *s = NULL;

	pthread_mutex_lock(&r->mutex);
	while (r->put == r->taken && !r->end) {
		r->reader_sleeps = true;
		pthread_cond_wait(&r->some, &r->mutex);
	}
	r->reader_sleeps = false;
	if (r->put > r->taken)
		s = &r->slot[r->taken % SLOTS];
	pthread_mutex_unlock(&r->mutex);
	return s;
}

static void slot_done(struct ring *r, const struct slot *s)
{
	pthread_mutex_lock(&r->mutex);
	r->waits -= s->used;
	r->taken++;
	if (r->writer_sleeps && (r->put - r->taken <= SLOTS - WAKE || r->waits == 0))
		pthread_cond_signal(&r->room);
	pthread_mutex_unlock(&r->mutex);
}

/* Bytes behind an event's pointer, a multiple of 8. */
static size_t payload(const struct event *e)
{
	size_t n;

	if (!event_is_mark(e->kind))
		return e->n * sizeof(*e->diffs);
	if (!e->args)
		return 0;
	n = e->n * sizeof(*e->args);
	if (mark_spec(e->kind)->text)
		n += (strlen(mark_text(e)) + 8) / 8 * 8;
	return n;
}

static size_t payloads(const struct slot *s)
{
	size_t n = 0;

	for (u32 i = 0; i < s->n; i++)
		n += payload(&s->event[i]);
	return n;
}

_Static_assert(sizeof(struct diff) % 8 == 0, "arguments behind differences are aligned");

/* The events of the slot point into it from now on, and no longer into their source. */
static void carry(struct slot *s, size_t bytes)
{
	u8 *to;

	if (bytes > s->cap || s->cap > SLOT_KEEPS) {
		free(s->bytes);
		s->cap = bytes > SLOT_KEEPS / 16 ? bytes : SLOT_KEEPS / 16;
		s->bytes = xcalloc(1, s->cap);
	}
	s->used = bytes;
	to = s->bytes;
	for (u32 i = 0; i < s->n; i++) {
		struct event *e = &s->event[i];
		size_t n = payload(e);

		if (n == 0)
			continue;
		memcpy(to, e->diffs, n);
		e->diffs = (const struct diff *)(const void *)to;
		to += n;
	}
}

static void *reader_main(void *arg)
{
	struct ring *r = arg;
	const struct slot *s;

	while ((s = slot_take(r)) != NULL) {
		checker_feed_half(r->checker, 1, s->event, s->n);
		slot_done(r, s);
	}
	return NULL;
}

/* No thread is to be had. */
static int feed_alone(struct log_source *s, struct checker *c, struct overlap *o, struct err *e)
{
	struct event batch[SOURCE_BATCH];
	u32 n;

	do {
		int rc = s->next(s, batch, SOURCE_BATCH, &n, e);

		if (rc < 0)
			return rc;
		checker_feed(c, batch, n);
		if (o)
			overlap_feed(o, batch, n);
	} while (n > 0);
	return 0;
}

static int write_all(struct ring *r, struct log_source *s, struct err *e)
{
	for (;;) {
		struct slot *slot = slot_free(r, 0);
		size_t bytes;
		int rc;

		rc = s->next(s, slot->event, SOURCE_BATCH, &slot->n, e);
		if (rc < 0 || slot->n == 0)
			return rc;
		bytes = payloads(slot);
		if (unlikely(bytes > SLOT_KEEPS))
			(void)slot_free(r, bytes);
		carry(slot, bytes);
		slot_put(r, false);
		checker_feed_half(r->checker, 0, slot->event, slot->n);
		if (r->overlap)
			overlap_feed(r->overlap, slot->event, slot->n);
	}
}

int halves_feed(struct log_source *s, struct checker *c, struct overlap *o, struct err *e)
{
	struct ring *r = xcalloc(1, sizeof(*r));
	pthread_t reader;
	int rc;

	r->checker = c;
	r->overlap = o;
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->room, NULL);
	pthread_cond_init(&r->some, NULL);
	if (pthread_create(&reader, NULL, reader_main, r) == 0) {
		rc = write_all(r, s, e);
		slot_put(r, true);
		pthread_join(reader, NULL);
	} else {
		rc = feed_alone(s, c, o, e);
	}
	pthread_mutex_destroy(&r->mutex);
	pthread_cond_destroy(&r->room);
	pthread_cond_destroy(&r->some);
	for (u32 i = 0; i < SLOTS; i++)
		free(r->slot[i].bytes);
	free(r);
	return rc;
}
