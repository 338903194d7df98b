// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/chunk_file.h"

#include "sim/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

/* Looks at a chunk that its CPU may be closing, a millisecond apart. */
enum { CHUNK_TRIES = 50 };

static int read_config(struct chunk_file *f, struct err *e)
{
	const struct log_file_header *h = &f->header;
	char *json = xcalloc(1, (size_t)h->config_bytes + 1);
	int rc;

	if (chunk_read_at(f, json, h->config_bytes, sizeof(*h)) < 0)
		rc = err_set(e, ERR_TRUNCATED, "%s: ends within its header", f->path);
	else if (XXH3_64bits(json, h->config_bytes) != h->config_checksum)
		rc = err_set(e, ERR_HEADER, "%s: the configuration's checksum differs", f->path);
	else
		rc = log_config_from_json(&f->config, json, h->config_bytes, e);
	if (rc < 0 && e->code == ERR_CONFIG)
		err_wrap(e, "%s", f->path);
	free(json);
	return rc;
}

/* The text form of version 2 is read, and who wrote such a log can write it. */
static int refuse_version(const struct chunk_file *f, struct err *e)
{
	if (f->header.version != LOG_VERSION - 1)
		return err_set(e, ERR_VERSION,
		               "%s: version %u of the log format, and this hypsim reads version %d",
		               f->path, f->header.version, LOG_VERSION);
	return err_set(
		e, ERR_VERSION,
		"%s: version %u of the log format, and this hypsim reads version %d: convert "
		"it to text with the hypsim that wrote it ('hypsim log convert %s %s.log'); "
		"the text form is read by this one",
		f->path, f->header.version, LOG_VERSION, f->path, f->path);
}

static void take_size(struct chunk_file *f)
{
	struct stat st;

	if (fstat(f->fd, &st) == 0)
		f->size = (u64)st.st_size;
}

/* Was the log closed?  Who reads the part that says so while it is written finds it in the next look. */
static int judge_closed(struct chunk_file *f, struct err *e)
{
	const struct log_closed *c = &f->header.closed;

	if (chunk_all_zero(c, sizeof(*c)))
		return 0;
	f->closed = c->magic == LOG_CLOSED_MAGIC && log_closed_checksum(c) == c->checksum;
	if (!f->closed && !f->growing)
		return err_set(e, ERR_HEADER, "%s: the header's closing part is damaged", f->path);
	/* Its last chunks may have come behind the last look at its length. */
	if (f->growing && f->closed)
		take_size(f);
	f->growing &= !f->closed;
	return 0;
}

static int check_header(struct chunk_file *f, struct err *e)
{
	struct log_file_header *h = &f->header;
	size_t n = (size_t)min_u64(f->size, sizeof(*h));

	if (chunk_read_at(f, h, n, 0) < 0)
		return err_host(e, ERR_OPEN, errno, "%s", f->path);
	if (memcmp(h->magic, LOG_FILE_MAGIC, min_u64(n, sizeof(h->magic))) != 0)
		return err_set(e, ERR_MAGIC, "%s: not a hypsim log", f->path);
	if (n < sizeof(*h))
		return err_set(e, ERR_TRUNCATED, "%s: ends within its header, after %zu bytes",
		               f->path, n);
	if (h->version != LOG_VERSION)
		return refuse_version(f, e);
	if (log_header_checksum(h) != h->checksum)
		return err_set(e, ERR_HEADER, "%s: the header's checksum differs", f->path);
	if (h->config_bytes > LOG_MAX_CONFIG || h->header_bytes % LOG_HEADER_BYTES != 0 ||
	    h->header_bytes < sizeof(*h) + h->config_bytes ||
	    h->header_bytes > LOG_MAX_CONFIG + 2 * LOG_HEADER_BYTES)
		return err_set(e, ERR_HEADER, "%s: a header of impossible lengths", f->path);
	if (h->slot_bytes != 0 && h->slot_bytes != LOG_SLOT_BYTES)
		return err_set(e, ERR_HEADER, "%s: chunks of an impossible length", f->path);
	if (f->size < h->header_bytes)
		return err_set(e, ERR_TRUNCATED,
		               "%s: ends within its header, after %" PRIu64 " bytes", f->path,
		               f->size);
	return judge_closed(f, e);
}

bool chunk_file_written(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK;
	flock(fd, LOCK_UN);
	return false;
}

static int open_fd(struct chunk_file **out, int fd, const char *name, bool growing, struct err *e)
{
	struct chunk_file *f = xcalloc(1, sizeof(*f));
	struct stat st;
	int rc = 0;

	f->path = strdup(name);
	f->fd = fd;
	f->growing = growing && chunk_file_written(fd);
	if (fd < 0 || fstat(fd, &st) < 0)
		rc = err_host(e, ERR_OPEN, errno, "%s", name);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: not a regular file%s", name,
		             S_ISDIR(st.st_mode) ? " but a directory" : "");
	else if (st.st_size == 0)
		rc = err_set(e, ERR_EMPTY, "%s: the file is empty", name);
	if (rc == 0) {
		f->size = (u64)st.st_size;
		rc = check_header(f, e);
	}
	if (rc == 0)
		rc = read_config(f, e);
	if (rc < 0) {
		chunk_file_close(f);
		return rc;
	}
	chunk_index_scan(f);
	*out = f;
	return 0;
}

int chunk_file_open_fd(struct chunk_file **out, int fd, const char *name, struct err *e)
{
	return open_fd(out, fd, name, false, e);
}

int chunk_file_open_growing(struct chunk_file **out, int fd, const char *name, struct err *e)
{
	return open_fd(out, fd, name, true, e);
}

void chunk_file_look_again(struct chunk_file *f)
{
	struct log_closed *c = &f->header.closed;

	/* First who writes: what is read afterwards is all, when nobody does. */
	f->growing = f->growing && chunk_file_written(f->fd);
	take_size(f);
	if (chunk_read_at(f, c, sizeof(*c), offsetof(struct log_file_header, closed)) < 0 ||
	    judge_closed(f, &f->damage) < 0)
		f->growing = false;
	chunk_index_scan(f);
}

int chunk_file_open(struct chunk_file **out, const char *path, struct err *e)
{
	/* Not to wait for a writer, should it be a pipe. */
	return chunk_file_open_fd(out, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path, e);
}

void chunk_file_close(struct chunk_file *f)
{
	if (!f)
		return;
	for (u32 c = 0; c < LOG_STREAMS; c++)
		free(f->stream[c].chunk);
	free(f->unbegun);
	if (f->fd >= 0)
		close(f->fd);
	log_config_free(&f->config);
	free(f->path);
	free(f);
}

static int bad_chunk(const struct chunk_file *f, u32 cpu, const struct file_chunk *k, struct err *e,
                     const char *why)
{
	return err_set(e, ERR_CHUNK, "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "): %s",
	               f->path, k->number, cpu, k->offset, why);
}

/* Behind the records of a closed slot there is nothing but 0: the writer never wrote there. */
static int judge_slack(const struct chunk_file *f, u32 cpu, const struct file_chunk *k,
                       const struct log_chunk_header *h, struct err *e)
{
	u8 slack[4096];
	u64 at = sizeof(*h) + h->stored_bytes;
	u64 end = min_u64(f->header.slot_bytes, f->size - k->offset);

	/* A log that has lost its last bytes may have lost no record; its length is judged elsewhere. */
	while (at < end) {
		u32 n = (u32)min_u64(sizeof(slack), end - at);

		if (chunk_read_at(f, slack, n, k->offset + at) < 0)
			return bad_chunk(f, cpu, k, e, "it cannot be read");
		for (u32 i = 0; i < n; i++)
			if (slack[i])
				return bad_chunk(f, cpu, k, e,
				                 "there is something behind its records");
		at += n;
	}
	return 0;
}

static u8 *room(u8 **buf, size_t *cap, size_t n)
{
	n += LOG_PAD_BYTES;
	if (n > *cap) {
		free(*buf);
		*buf = xcalloc(1, n);
		*cap = n;
	}
	return *buf;
}

u8 *chunk_records_room(struct chunk_records *r, size_t n)
{
	return room(&r->v, &r->cap, n);
}

void chunk_records_free(struct chunk_records *r)
{
	free(r->v);
	free(r->packed);
}

/* The records of a closed chunk.  0 or < 0. */
static int load_closed(const struct chunk_file *f, u32 cpu, const struct file_chunk *k,
                       const struct log_chunk_header *h, struct chunk_records *out, struct err *e)
{
	bool zstd = h->flags & CHUNK_ZSTD;
	u8 *stored = zstd ? room(&out->packed, &out->packed_cap, h->stored_bytes)
	                  : chunk_records_room(out, h->stored_bytes);

	if (chunk_read_at(f, stored, h->stored_bytes, k->offset + sizeof(*h)) < 0)
		return bad_chunk(f, cpu, k, e, "it cannot be read");
	if (log_chunk_checksum(h, stored) != h->checksum)
		return bad_chunk(f, cpu, k, e, "its checksum differs");
	if (judge_slack(f, cpu, k, h, e) < 0)
		return -(int)e->code;
	if (zstd) {
		size_t n;

		chunk_records_room(out, h->record_bytes);
		n = ZSTD_decompress(out->v, h->record_bytes, stored, h->stored_bytes);
		if (ZSTD_isError(n) || n != h->record_bytes)
			return bad_chunk(f, cpu, k, e, "it cannot be decompressed");
	}
	out->n = h->record_bytes;
	out->stored_bytes = sizeof(*h) + h->stored_bytes;
	return 0;
}

/* The records of a chunk that goes on to be written: those that a second look finds whole. */
static int load_growing(const struct chunk_file *f, u64 offset, struct chunk_records *out)
{
	u64 n = out->n;

	while (n > 0 && out->v[n - 1] == 0)
		n--;
	out->limit = n;
	out->n = min_u64(n + LOG_PAD_BYTES, out->n);
	return chunk_read_at(f, out->v, out->n, offset);
}

static int load(const struct chunk_file *f, u32 cpu, u64 i, struct chunk_records *out,
                struct err *e)
{
	const struct file_stream *c = &f->stream[cpu];
	const struct file_chunk *k = &c->chunk[i];
	struct log_chunk_header h;
	const char *why;
	int rc;

	if (chunk_read_at(f, &h, sizeof(h), k->offset) < 0)
		return bad_chunk(f, cpu, k, e, "it cannot be read");
	why = chunk_judge(f, &h, k->offset);
	if (!why && (h.cpu != cpu || h.seq != i))
		why = "it changed while the log was read";
	if (why)
		return bad_chunk(f, cpu, k, e, why);
	out->open = !chunk_is_closed(&h);
	if (!out->open) {
		rc = load_closed(f, cpu, k, &h, out, e);
		out->limit = out->n;
		return rc;
	}
	if (i + 1 != c->n)
		return bad_chunk(f, cpu, k, e, "it was not closed, and others follow it");
	out->n = out->limit = min_u64(f->header.slot_bytes, f->size - k->offset) - sizeof(h);
	out->stored_bytes = 0;
	chunk_records_room(out, out->n);
	if (chunk_read_at(f, out->v, out->n, k->offset + sizeof(h)) < 0 ||
	    (f->growing && load_growing(f, k->offset + sizeof(h), out) < 0))
		return bad_chunk(f, cpu, k, e, "it cannot be read");
	return 0;
}

int chunk_file_load(const struct chunk_file *f, u32 cpu, u64 i, struct chunk_records *out,
                    struct err *e)
{
	const struct timespec soon = { .tv_nsec = 1000000 };
	int rc = load(f, cpu, i, out, e);

	/* Its CPU may be closing the chunk just now. */
	for (u32 tries = 0; rc < 0 && f->growing && tries < CHUNK_TRIES; tries++) {
		nanosleep(&soon, NULL);
		rc = load(f, cpu, i, out, e);
	}
	return rc;
}
