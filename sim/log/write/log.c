// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/log.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/write/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

static void start_chunk(struct log_writer *w, struct log_chunk_header *h)
{
	*h = (struct log_chunk_header){ .magic = LOG_CHUNK_MAGIC,
		                        .cpu = (u16)w->cpu,
		                        .seq = w->seq++ };
	w->chunk = h;
	w->given = sizeof(*h);
	w->place = log_place(sizeof(*h), place_lk(w->place), place_barrier(w->place));
}

/* @more: CHUNK_LOST or 0 */
static void close_chunk(struct log_writer *w, u16 more)
{
	struct log_chunk_header *h = w->chunk;

	h->record_bytes = h->stored_bytes = log_chunk_bytes(w);
	w->bytes += h->record_bytes;
	h->flags = (u16)(CHUNK_CLOSED | more);
	h->checksum = log_chunk_checksum(h, h + 1);
}

/* The stream's next chunk; NULL: there is none, and the log has failed. */
static struct log_chunk_header *next_slot(struct log *l, u32 cpu)
{
	if (flag_get(&l->slots.failed))
		return NULL;
	if (l->slots.kind == LOG_MEMORY || l->handover)
		log_slots_count(&l->slots);
	return log_supply_take(&l->supply, cpu);
}

/* struct log_writer::next_chunk */
static __attribute__((cold)) void next_chunk(struct log_writer *w)
{
	struct log *l = w->log;
	struct log_chunks *own = &l->chunks[w->cpu];
	struct log_chunk_header *scratch = own->v[own->n], *h;

	if (w->chunk == scratch) {
		/* The stream is cut already; what is written until the run has stopped goes round here. */
		w->place = log_place(sizeof(*scratch), place_lk(w->place), 0);
		return;
	}
	h = next_slot(l, w->cpu);
	close_chunk(w, h ? 0 : CHUNK_LOST);
	if (!h) {
		start_chunk(w, scratch);
		return;
	}
	if (l->handover) {
		log_handover_chunk(w);
		own->v[0] = h;
	} else if (l->slots.kind == LOG_FILE) {
		log_supply_drop(&l->supply, w->cpu, w->chunk);
		own->v[0] = h;
	} else {
		own->v[own->n++] = h;
		if (own->n + 1 > own->cap)
			own->v = vec_grow(own->v, &own->cap, sizeof(struct log_chunk_header *));
		own->v[own->n] = scratch;
	}
	start_chunk(w, h);
}

/* struct chunk_source::next */
static bool next_in_memory(const struct chunk_source *s, u32 cpu, struct stream_place *at,
                           const u8 **cur, u64 *n)
{
	const struct log *l = (const struct log *)s;
	const struct log_chunks *own = &l->chunks[cpu];
	const struct log_writer *w = &l->writer[cpu];
	u64 first = own->n ? own->v[0]->seq : 0;

	/* Rewound: what was read is gone, the stream goes on in its first chunk. */
	if (first > at->chunk)
		*at = (struct stream_place){ .chunk = first };
	for (u64 i = at->chunk - first; i < own->n; i++) {
		const struct log_chunk_header *h = own->v[i];
		u64 bytes = h == w->chunk ? log_chunk_bytes(w) : h->record_bytes;

		if (first + i > at->chunk)
			*at = (struct stream_place){ .chunk = first + i };
		if (bytes > at->read) {
			*cur = (const u8 *)(h + 1) + at->read;
			*n = bytes - at->read;
			at->read = bytes;
			return true;
		}
	}
	return false;
}

static int log_new(struct log **out, const struct log_config *config, enum log_kind kind,
                   struct err *e)
{
	struct log *l = calloc(1, sizeof(*l));

	SIM_ASSERT(config->cpus >= 1);
	SIM_ASSERT(config->cpus <= MAX_CPU);
	if (!l || posix_memalign((void **)&l->writer, CACHE_LINE,
	                         (config->cpus + 1) * sizeof(*l->writer)) != 0) {
		free(l);
		return err_set(e, ERR_MEMORY, "no memory for a log of %u CPUs", config->cpus);
	}
	memset(l->writer, 0, (config->cpus + 1) * sizeof(*l->writer));
	l->source = (struct chunk_source){ .config = config, .next = next_in_memory };
	l->config = config;
	l->cpus = config->cpus;
	l->slots = (struct log_slots){ .kind = kind, .fd = -1, .limit_bytes = ~0ull };
	l->supply = (struct log_supply){ .slots = &l->slots, .cpus = config->cpus };
	*out = l;
	return 0;
}

/* Give stream @c its first chunk and the scratch chunk that stands behind its list. */
static int start_stream(struct log *l, u32 c, u64 now)
{
	struct log_writer *w = &l->writer[c];
	struct log_chunks *own = &l->chunks[c];
	struct log_chunk_header *h = log_supply_take(&l->supply, c);
	struct log_chunk_header *scratch = h ? log_slots_memory(&l->slots) : NULL;

	own->v = vec_grow(own->v, &own->cap, sizeof(struct log_chunk_header *));
	own->v[0] = h;
	own->v[1] = scratch;
	own->n = h ? 1 : 0;
	if (!scratch)
		return -1;
	w->next_chunk = next_chunk;
	w->log = l;
	w->cpu = c;
	w->place = log_place(0, LOG_NO_LOCK, 0);
	w->bound = l->config->lock_bound;
	w->timestamps = l->config->timestamps;
	w->time_last = now;
	w->ticks = l->ticks;
	for (u32 lk = 0; lk < ID_END; lk++)
		w->known[lk] = word_make(l->config->start_ticket, l->config->start_now);
	start_chunk(w, h);
	return 0;
}

static int log_start(struct log *l, struct err *e)
{
	u64 now;

	if (l->config->timestamps)
		l->ticks = ticks_of_host();
	now = ticks_ns(&l->ticks);
	for (u32 c = 0; c < l->cpus; c++)
		if (start_stream(l, c, now) < 0) {
			*e = l->slots.error;
			return -(int)e->code;
		}
	log_slots_set_used(&l->slots, l->cpus);
	return 0;
}

bool log_run_begin(struct log *l)
{
	struct log_writer *w = &l->writer[l->cpus];

	if (log_on(w))
		return true;
	if (start_stream(l, l->cpus, l->writer[0].time_last) < 0)
		return false;
	w->handover = l->handover;
	l->run_episode = ~0ull;
	return true;
}

struct log_writer *log_run_writer(struct log *l, u64 episode)
{
	struct log_writer *w = &l->writer[l->cpus];

	if (l->slots.kind == LOG_OFF || flag_get(&l->slots.failed) || !log_run_begin(l))
		return w;
	if (l->run_episode != episode)
		log_episode(w, episode, l->config->start_ticket, l->config->start_now);
	l->run_episode = episode;
	return w;
}

int log_open_off(struct log **out, const struct log_config *config, struct err *e)
{
	return log_new(out, config, LOG_OFF, e);
}

int log_open_memory(struct log **out, const struct log_config *config, u64 limit_bytes,
                    struct err *e)
{
	int rc = log_new(out, config, LOG_MEMORY, e);

	if (rc == 0) {
		(*out)->slots.limit_bytes = limit_bytes;
		rc = log_start(*out, e);
		if (rc < 0) {
			log_free(*out);
			*out = NULL;
		}
	}
	return rc;
}

static int write_header(struct log *l, struct err *e)
{
	char *json = log_config_to_json(l->config);
	size_t len = strlen(json);
	struct log_file_header h = { .magic = "", .version = LOG_VERSION };
	u64 bytes = (sizeof(h) + len + LOG_HEADER_BYTES - 1) / LOG_HEADER_BYTES * LOG_HEADER_BYTES;
	char *page = calloc(1, bytes);
	int rc = 0;

	if (!page) {
		free(json);
		return err_set(e, ERR_MEMORY, "%s: no memory for the header", l->slots.path);
	}
	memcpy(h.magic, LOG_FILE_MAGIC, sizeof(h.magic));
	h.header_bytes = (u32)bytes;
	h.slot_bytes = LOG_SLOT_BYTES;
	h.config_bytes = (u32)len;
	h.config_checksum = XXH3_64bits(json, len);
	h.checksum = log_header_checksum(&h);
	memcpy(page, &h, sizeof(h));
	memcpy(page + sizeof(h), json, len);
	l->slots.header_bytes = l->slots.reserved_bytes = bytes;
	if (pwrite(l->slots.fd, page, bytes, 0) != (ssize_t)bytes)
		rc = err_set(e, ERR_DISK, "%s: cannot write the header: %s", l->slots.path,
		             strerror(errno ? errno : ENOSPC));
	free(page);
	free(json);
	return rc;
}

int log_open_file(struct log **out, const struct log_config *config, const char *path,
                  struct err *e)
{
	return log_create_file(out, config, path, true, e);
}

int log_create_file(struct log **out, const struct log_config *config, const char *path, bool force,
                    struct err *e)
{
	int rc = log_new(out, config, LOG_FILE, e);
	struct log *l;

	if (rc < 0)
		return rc;
	l = *out;
	rc = log_file_open(&l->slots, path, force, e);
	if (rc == 0)
		rc = write_header(l, e);
	if (rc == 0)
		rc = log_start(l, e);
	if (rc < 0) {
		log_free(l);
		*out = NULL;
	}
	return rc;
}

static int write_closed(struct log *l, struct err *e)
{
	struct log_closed c = { .magic = LOG_CLOSED_MAGIC, .n_chunks = l->slots.next_slot };

	c.checksum = log_closed_checksum(&c);
	if (pwrite(l->slots.fd, &c, sizeof(c), offsetof(struct log_file_header, closed)) !=
	    (ssize_t)sizeof(c))
		return err_set(e, ERR_DISK, "%s: cannot close: %s", l->slots.path, strerror(errno));
	return 0;
}

int log_close(struct log *l, bool in_order, struct err *e)
{
	if (l->slots.kind == LOG_OFF)
		return 0;
	for (u32 c = 0; c <= l->cpus; c++) {
		struct log_writer *w = &l->writer[c];

		if (!log_on(w))
			continue;
		/* A log that has failed lacks steps at the ends of its streams: none of them ends in order. */
		if (in_order && c < l->cpus && !flag_get(&l->slots.failed))
			log_mark(w, MARK_CLOSE, 0, NULL);
		if (!flag_get(&l->slots.failed)) {
			close_chunk(w, 0);
			if (l->handover) {
				log_handover_chunk(w);
				l->chunks[c].v[0] = NULL;
			}
		}
		/* Every slot of a file that is closed in order is a chunk, if an empty one. */
		if (l->slots.kind == LOG_FILE && l->supply.spare[c] &&
		    !flag_get(&l->slots.failed)) {
			start_chunk(w, l->supply.spare[c]);
			close_chunk(w, 0);
		}
		w->chunk = NULL;
	}
	if (l->slots.kind == LOG_FILE && !flag_get(&l->slots.failed) &&
	    log_slots_whole(&l->slots)) {
		int rc = in_order ? write_closed(l, e) : 0;

		if (rc < 0)
			return rc;
		log_file_named(&l->slots);
	}
	if (flag_get(&l->slots.failed)) {
		*e = l->slots.error;
		return -(int)e->code;
	}
	return 0;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	log_handover_free(l->handover);
	for (u32 c = 0; c <= l->cpus; c++) {
		struct log_chunks *own = &l->chunks[c];

		for (u32 i = 0; own->v && i < own->n + 1; i++)
			if (own->v[i])
				munmap(own->v[i], LOG_SLOT_BYTES);
		if (l->supply.spare[c])
			munmap(l->supply.spare[c], LOG_SLOT_BYTES);
		free(own->v);
	}
	log_file_close(&l->slots);
	free(l->slots.path);
	free(l->writer);
	free(l);
}

void log_rewind(struct log *l)
{
	SIM_ASSERT(l->slots.kind == LOG_MEMORY);
	for (u32 c = 0; c < l->cpus; c++) {
		struct log_writer *w = &l->writer[c];
		struct log_chunks *own = &l->chunks[c];
		struct log_chunk_header *scratch = own->v[own->n];

		w->bytes += log_chunk_bytes(w);
		for (u32 i = 1; i < own->n; i++)
			munmap(own->v[i], LOG_SLOT_BYTES);
		own->n = 1;
		own->v[1] = scratch;
		memset(own->v[0] + 1, 0, LOG_SLOT_BYTES - sizeof(struct log_chunk_header));
		start_chunk(w, own->v[0]);
	}
	log_slots_set_used(&l->slots, l->cpus);
	flag_clear(&l->slots.full);
}

int log_start_handover(struct log *l, u64 limit_bytes, struct err *e)
{
	int rc;

	SIM_ASSERT(!l->handover);
	rc = log_handover_new(&l->handover, &l->slots, l->config, e);
	if (rc < 0)
		return rc;
	for (u32 c = 0; c < l->cpus; c++)
		l->writer[c].handover = l->handover;
	l->slots.limit_bytes = limit_bytes;
	return 0;
}

const struct chunk_source *log_in_memory(const struct log *l)
{
	SIM_ASSERT(l->slots.kind == LOG_MEMORY);
	return &l->source;
}

struct live_source *log_live(struct log *l)
{
	SIM_ASSERT(l->handover != NULL);
	return log_handover_source(l->handover);
}

u64 log_bytes(const struct log *l)
{
	u64 sum = 0;

	for (u32 c = 0; c <= l->cpus; c++) {
		const struct log_writer *w = &l->writer[c];

		sum += w->bytes;
		if (log_on(w))
			sum += log_chunk_bytes(w);
	}
	return sum;
}
