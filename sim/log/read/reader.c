// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/reader.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/read/reader_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct reader *reader_open_memory(const struct log *l)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	SIM_ASSERT(l->kind == LOG_MEMORY);
	r->memory = l;
	r->fd = -1;
	return r;
}

struct reader *reader_open_live(struct log *l)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	SIM_ASSERT(l->handover);
	r->memory = r->live = l;
	r->handed = true;
	r->fd = -1;
	return r;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	for (u32 c = 0; c < MAX_CPU; c++) {
		for (u32 i = r->cpu[c].taken; r->live && i < r->cpu[c].n_portions; i++)
			log_handover_give_back(r->live, &r->cpu[c].portion[i]);
		free(r->cpu[c].portion);
		free(r->cpu[c].chunk);
		free(r->cpu[c].records);
	}
	if (r->fd >= 0)
		close(r->fd);
	if (!r->memory)
		log_config_free(&r->config);
	free(r->packed);
	free(r->path);
	free(r);
}

/* All CPUs have met, so nobody writes while this looks. */
static int next_of_memory(struct reader *r, u32 cpu, struct reader_bytes *out)
{
	const struct log_chunks *own = &r->memory->chunks[cpu];
	const struct log_writer *w = &r->memory->writer[cpu];
	struct reader_cpu *c = &r->cpu[cpu];

	for (;;) {
		u64 first = own->n ? own->v[0]->seq : 0, i, n;
		const struct log_chunk_header *h;

		if (first > c->next) {
			/* Rewound: what was read is gone, the stream goes on in its first chunk. */
			c->next = first;
			c->read = 0;
		}
		i = c->next - first;
		if (i >= own->n)
			return 0;
		h = own->v[i];
		n = h == w->chunk ? log_chunk_bytes(w) : h->record_bytes;
		if (n > c->read) {
			c->base = (const u8 *)(h + 1);
			*out = (struct reader_bytes){ .cur = c->base + c->read,
				                      .end = c->base + n };
			r->bytes += n - c->read;
			r->stored_bytes += n - c->read;
			c->read = n;
			return 1;
		}
		if (i + 1 >= own->n)
			return 0;
		c->next++;
		c->read = 0;
	}
}

/* Portions come in the order of their streams, those of all CPUs mixed. */
static void take_portions(struct reader *r)
{
	struct log_portion p;

	while (log_handover_take(r->live, &p)) {
		struct reader_cpu *c = &r->cpu[p.cpu];

		if (c->taken == c->n_portions)
			c->taken = c->n_portions = 0;
		if (c->n_portions == c->cap_portions)
			c->portion = vec_grow(c->portion, &c->cap_portions, sizeof(*c->portion));
		c->portion[c->n_portions++] = p;
	}
}

/*
 * The next portion, copied: its CPU may be writing right behind it, where a decoder looks too.  So it can be given back at
 * once, unless the reader only looks ahead.
 */
static int next_of_live(struct reader *r, u32 cpu, struct reader_bytes *out)
{
	struct reader_cpu *c = &r->cpu[cpu];
	const struct log_portion *p;

	if (r->live)
		take_portions(r);
	if (c->taken == c->n_portions)
		return 0;
	p = &c->portion[c->taken++];
	reader_ensure(&c->records, &c->cap, p->n);
	memcpy(c->records, p->cur, p->n);
	c->base = c->records;
	c->next++;
	*out = (struct reader_bytes){ .cur = c->records, .end = c->records + p->n };
	if (r->live) {
		r->bytes += p->n;
		r->stored_bytes += p->n;
		log_handover_give_back(r->live, p);
	}
	return 1;
}

int reader_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e)
{
	if (r->handed)
		return next_of_live(r, cpu, out);
	return r->memory ? next_of_memory(r, cpu, out) : reader_file_next(r, cpu, out, e);
}

const char *reader_place(const struct reader *r, u32 cpu, const u8 *at, char *buf, size_t size)
{
	const struct reader_cpu *c = &r->cpu[cpu];
	u64 byte = at && c->base ? (u64)(at - c->base) : 0;

	if (r->memory)
		snprintf(buf, size, "log in memory: chunk %" PRIu64 " of CPU %u, byte %" PRIu64,
		         c->next, cpu, byte);
	else
		snprintf(buf, size,
		         "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "), byte %" PRIu64,
		         r->path, c->next ? c->chunk[c->next - 1].number : 0, cpu,
		         c->next ? c->chunk[c->next - 1].offset : 0, byte);
	return buf;
}

struct reader *reader_ahead(const struct reader *r, u32 cpu)
{
	const struct reader_cpu *c = &r->cpu[cpu];
	struct reader *a = xcalloc(1, sizeof(*a));
	struct reader_cpu *own = &a->cpu[cpu];

	*a = (struct reader){ .memory = r->memory,
		              .handed = r->handed,
		              .fd = -1,
		              .size = r->size,
		              .closed = r->closed,
		              .header = r->header };
	a->config.cpus = r->config.cpus;
	own->next = c->next;
	own->read = c->read;
	if (r->handed) {
		own->n_portions = own->cap_portions = c->n_portions - c->taken;
		own->portion = xcalloc(own->n_portions + 1, sizeof(*own->portion));
		memcpy(own->portion, c->portion + c->taken,
		       own->n_portions * sizeof(*own->portion));
	}
	if (r->memory)
		return a;
	a->path = strdup(r->path);
	a->fd = dup(r->fd);
	own->chunk = xcalloc(c->n + 1, sizeof(*own->chunk));
	memcpy(own->chunk, c->chunk, c->n * sizeof(*own->chunk));
	own->n = own->cap_chunks = c->n;
	if (a->fd < 0) {
		reader_close(a);
		return NULL;
	}
	return a;
}
