// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/reader.h"

#include "sim/base/vec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct reader *reader_new(const struct log_config *config)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->config = config;
	return r;
}

static void over_file(struct reader **out, struct chunk_file *f)
{
	*out = reader_new(&f->config);
	(*out)->file = f;
}

int reader_open_file(struct reader **out, const char *path, struct err *e)
{
	struct chunk_file *f;
	int rc = chunk_file_open(&f, path, e);

	if (rc == 0)
		over_file(out, f);
	return rc;
}

int reader_open_fd(struct reader **out, int fd, const char *name, struct err *e)
{
	struct chunk_file *f;
	int rc = chunk_file_open_fd(&f, fd, name, e);

	if (rc == 0)
		over_file(out, f);
	return rc;
}

int reader_open_growing(struct reader **out, int fd, const char *name, struct err *e)
{
	struct chunk_file *f;
	int rc = chunk_file_open_growing(&f, fd, name, e);

	if (rc == 0)
		over_file(out, f);
	return rc;
}

void reader_follow(struct reader *r)
{
	r->follow = r->file->growing;
}

bool reader_poll(struct reader *r)
{
	chunk_file_look_again(r->file);
	for (u32 c = 0; c < LOG_STREAMS; c++)
		r->cpu[c].looked = false;
	r->follow = r->file->growing;
	return r->follow;
}

const char *reader_name(const struct reader *r)
{
	return r->file ? r->file->path : "log in memory";
}

bool reader_lags(const struct reader *r)
{
	bool lags = r->file && r->file->growing;

	for (u32 c = 0; r->file && c < LOG_STREAMS; c++)
		lags |= r->file->stream[c].severed;
	return lags;
}

void reader_lacks(struct reader *r)
{
	for (u32 c = 0; r->file && c < LOG_STREAMS; c++)
		r->file->stream[c].lost = true;
}

struct reader *reader_open_memory(const struct chunk_source *s)
{
	struct reader *r = reader_new(s->config);

	r->memory = s;
	return r;
}

struct reader *reader_open_live(struct live_source *s)
{
	struct reader *r = reader_new(s->config);

	r->live = s;
	return r;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	for (u32 cpu = 0; cpu < LOG_STREAMS; cpu++) {
		struct reader_cpu *c = &r->cpu[cpu];

		for (u32 i = c->taken; r->live && i < c->n_portions; i++)
			r->live->give_back(r->live, &c->portion[i]);
		free(c->portion);
		chunk_records_free(&c->records);
	}
	if (!r->ahead)
		chunk_file_close(r->file);
	free(r);
}

static int next_of_file(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e)
{
	struct reader_cpu *c = &r->cpu[cpu];
	struct chunk_records *got = &c->records;
	int rc;

	do {
		if (c->open && c->looked)
			return 0;
		if (!c->open && c->at.chunk == r->file->stream[cpu].n)
			return 0;
		if (!c->open) {
			c->at.chunk++;
			c->at.read = 0;
		}
		rc = chunk_file_load(r->file, cpu, c->at.chunk - 1, got, e);
		if (rc < 0)
			return rc;
		if (!got->open) {
			r->stored_bytes += got->stored_bytes;
			r->bytes += got->n;
		}
		c->open = c->looked = got->open && r->follow;
		c->base = got->v;
		*out = (struct reader_bytes){ .cur = got->v + c->at.read,
			                      .end = got->v + got->n,
			                      .limit = got->v + got->limit,
			                      .open = got->open };
	} while (out->cur >= out->limit);
	c->given = c->open;
	return 1;
}

static int next_of_memory(struct reader *r, u32 cpu, struct reader_bytes *out)
{
	struct reader_cpu *c = &r->cpu[cpu];
	const u8 *cur;
	u64 n;

	if (!r->memory->next(r->memory, cpu, &c->at, &cur, &n))
		return 0;
	c->base = cur + n - c->at.read;
	*out = (struct reader_bytes){ .cur = cur, .end = cur + n, .limit = cur + n };
	r->bytes += n;
	r->stored_bytes += n;
	return 1;
}

static void take_portions(struct reader *r)
{
	struct log_portion p;

	while (r->live->take(r->live, &p)) {
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
	u8 *to;

	if (r->live)
		take_portions(r);
	if (c->taken == c->n_portions)
		return 0;
	p = &c->portion[c->taken++];
	to = chunk_records_room(&c->records, p->n);
	memcpy(to, p->cur, p->n);
	c->base = to;
	c->at.chunk++;
	*out = (struct reader_bytes){ .cur = to, .end = to + p->n, .limit = to + p->n };
	if (r->live) {
		r->bytes += p->n;
		r->stored_bytes += p->n;
		r->live->give_back(r->live, p);
	}
	return 1;
}

int reader_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e)
{
	if (r->file)
		return next_of_file(r, cpu, out, e);
	return r->memory ? next_of_memory(r, cpu, out) : next_of_live(r, cpu, out);
}

const char *reader_place(const struct reader *r, u32 cpu, const u8 *at, char *buf, size_t size)
{
	const struct reader_cpu *c = &r->cpu[cpu];
	u64 byte = at && c->base ? (u64)(at - c->base) : 0, i = c->at.chunk;
	const struct file_chunk *k = r->file && i ? &r->file->stream[cpu].chunk[i - 1] : NULL;

	if (r->file)
		snprintf(buf, size,
		         "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "), byte %" PRIu64,
		         r->file->path, k ? k->number : 0, cpu, k ? k->offset : 0, byte);
	else
		snprintf(buf, size, "log in memory: chunk %" PRIu64 " of CPU %u, byte %" PRIu64, i,
		         cpu, byte);
	return buf;
}

/* @a reads @cpu's stream as well, behind what was read of @r. */
static void look_ahead(struct reader *a, const struct reader *r, u32 cpu)
{
	const struct reader_cpu *c = &r->cpu[cpu];
	struct reader_cpu *own = &a->cpu[cpu];
	u32 n = c->n_portions - c->taken;

	own->at = c->at;
	own->base = c->base;
	own->open = own->looked = c->open;
	own->given = c->given;
	if (n) {
		own->n_portions = own->cap_portions = n;
		own->portion = xcalloc(n, sizeof(*own->portion));
		memcpy(own->portion, c->portion + c->taken, n * sizeof(*own->portion));
	}
}

static struct reader *ahead_of(const struct reader *r)
{
	struct reader *a = reader_new(r->config);

	a->ahead = true;
	a->file = r->file;
	a->memory = r->memory;
	return a;
}

struct reader *reader_ahead(const struct reader *r, u32 cpu)
{
	struct reader *a = ahead_of(r);

	look_ahead(a, r, cpu);
	return a;
}

struct reader *reader_ahead_all(const struct reader *r)
{
	struct reader *a = ahead_of(r);

	for (u32 c = 0; c < LOG_STREAMS; c++)
		look_ahead(a, r, c);
	return a;
}
