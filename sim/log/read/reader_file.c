// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/reader_file.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

/* pread all of it: 0, or -1 with errno (0: the file ended). */
static int read_at(const struct reader *r, void *buf, size_t n, u64 offset)
{
	for (size_t got = 0; got < n;) {
		ssize_t rc = pread(r->fd, (u8 *)buf + got, n - got, (off_t)(offset + got));

		if (rc < 0 && errno == EINTR)
			continue;
		if (rc <= 0) {
			errno = rc == 0 ? 0 : errno;
			return -1;
		}
		got += (size_t)rc;
	}
	return 0;
}

static bool all_zero(const void *p, size_t n)
{
	const u8 *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i])
			return false;
	return true;
}

static int read_config(struct reader *r, struct err *e)
{
	const struct log_file_header *h = &r->header;
	char *json = xcalloc(1, (size_t)h->config_bytes + 1);
	int rc;

	if (read_at(r, json, h->config_bytes, sizeof(*h)) < 0)
		rc = err_set(e, ERR_TRUNCATED, "%s: ends within its header", r->path);
	else if (XXH3_64bits(json, h->config_bytes) != h->config_checksum)
		rc = err_set(e, ERR_HEADER, "%s: the configuration's checksum differs", r->path);
	else
		rc = log_config_from_json(&r->config, json, h->config_bytes, e);
	if (rc < 0 && e->code == ERR_CONFIG)
		err_wrap(e, "%s", r->path);
	free(json);
	return rc;
}

/* The text form of version 2 is read, and who wrote such a log can write it. */
static int refuse_version(const struct reader *r, struct err *e)
{
	if (r->header.version != LOG_VERSION - 1)
		return err_set(e, ERR_VERSION,
		               "%s: version %u of the log format, and this hypsim reads version %d",
		               r->path, r->header.version, LOG_VERSION);
	return err_set(
		e, ERR_VERSION,
		"%s: version %u of the log format, and this hypsim reads version %d: convert "
		"it to text with the hypsim that wrote it ('hypsim log convert %s %s.log'); "
		"the text form is read by this one",
		r->path, r->header.version, LOG_VERSION, r->path, r->path);
}

static int check_header(struct reader *r, struct err *e)
{
	struct log_file_header *h = &r->header;
	size_t n = (size_t)min_u64(r->size, sizeof(*h));

	if (read_at(r, h, n, 0) < 0)
		return err_set(e, ERR_OPEN, "%s: %s", r->path, strerror(errno));
	if (memcmp(h->magic, LOG_FILE_MAGIC, min_u64(n, sizeof(h->magic))) != 0)
		return err_set(e, ERR_MAGIC, "%s: not a hypsim log", r->path);
	if (n < sizeof(*h))
		return err_set(e, ERR_TRUNCATED, "%s: ends within its header, after %zu bytes",
		               r->path, n);
	if (h->version != LOG_VERSION)
		return refuse_version(r, e);
	if (log_header_checksum(h) != h->checksum)
		return err_set(e, ERR_HEADER, "%s: the header's checksum differs", r->path);
	if (h->config_bytes > LOG_MAX_CONFIG || h->header_bytes % LOG_HEADER_BYTES != 0 ||
	    h->header_bytes < sizeof(*h) + h->config_bytes ||
	    h->header_bytes > LOG_MAX_CONFIG + 2 * LOG_HEADER_BYTES)
		return err_set(e, ERR_HEADER, "%s: a header of impossible lengths", r->path);
	if (h->slot_bytes != 0 && h->slot_bytes != LOG_SLOT_BYTES)
		return err_set(e, ERR_HEADER, "%s: chunks of an impossible length", r->path);
	if (r->size < h->header_bytes)
		return err_set(e, ERR_TRUNCATED,
		               "%s: ends within its header, after %" PRIu64 " bytes", r->path,
		               r->size);
	if (all_zero(&h->closed, sizeof(h->closed)))
		return 0;
	if (h->closed.magic != LOG_CLOSED_MAGIC ||
	    log_closed_checksum(&h->closed) != h->closed.checksum)
		return err_set(e, ERR_HEADER, "%s: the header's closing part is damaged", r->path);
	r->closed = true;
	return 0;
}

static int damaged(const struct reader *r, struct err *e, u64 number, u64 offset, const char *why)
{
	return err_set(e, ERR_CHUNK, "%s: chunk %" PRIu64 " (offset %" PRIu64 "): %s", r->path,
	               number, offset, why);
}

/* A kill in the middle of closing a chunk leaves it without its checksum: it counts as open. */
static bool is_closed(const struct log_chunk_header *h)
{
	return h->flags & CHUNK_CLOSED && h->checksum;
}

/* What is wrong with a chunk's header, or NULL. */
static const char *judge_chunk(const struct reader *r, const struct log_chunk_header *h, u64 offset)
{
	bool chunk_closed = is_closed(h);
	u64 room = r->header.slot_bytes ? r->header.slot_bytes - sizeof(*h) : ~0ull;

	if (h->magic != LOG_CHUNK_MAGIC)
		return "not the beginning of a chunk";
	if (h->cpu >= r->config.cpus)
		return "of a CPU that the log does not have";
	if (h->flags & ~(CHUNK_CLOSED | CHUNK_ZSTD | CHUNK_LOST) ||
	    !all_zero(h->reserved, sizeof(h->reserved)))
		return "its header is damaged";
	if (!chunk_closed && (r->closed || !r->header.slot_bytes || h->flags & ~CHUNK_CLOSED))
		return "it was not closed";
	if (!chunk_closed)
		return NULL;
	if (r->closed && h->flags & CHUNK_LOST)
		return "its stream was cut, and the log was closed in order";
	if (h->record_bytes > LOG_MAX_CHUNK_RECORDS || h->stored_bytes > LOG_MAX_CHUNK_RECORDS ||
	    h->stored_bytes > room)
		return "its header is damaged";
	if (!(h->flags & CHUNK_ZSTD) && h->record_bytes != h->stored_bytes)
		return "its header is damaged";
	if (h->stored_bytes > r->size - offset - sizeof(*h))
		return "the file ends within it";
	return NULL;
}

/* Take chunk @number into the index.  0, or what is wrong is in *e. */
static int index_chunk(struct reader *r, const struct log_chunk_header *h, u64 number, u64 offset,
                       struct err *e)
{
	const char *why = judge_chunk(r, h, offset);
	struct reader_cpu *c;

	if (why)
		return damaged(r, e, number, offset, why);
	c = &r->cpu[h->cpu];
	if (c->lost)
		return damaged(r, e, number, offset, "it follows the last one of its stream");
	if (h->seq != c->n)
		return err_set(e, ERR_CHUNK,
		               "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "): number %" PRIu64
		               " of its stream stands where number %u belongs",
		               r->path, number, h->cpu, offset, h->seq, c->n);
	if (c->n == c->cap_chunks)
		c->chunk = vec_grow(c->chunk, &c->cap_chunks, sizeof(*c->chunk));
	c->chunk[c->n++] = (struct reader_chunk){ .offset = offset, .number = number };
	c->lost = h->flags & CHUNK_LOST;
	return 0;
}

/* Chunks one behind the other, each as long as it says. */
static void scan_packed(struct reader *r)
{
	u64 offset = r->header.header_bytes, n = 0;

	for (; r->closed ? n < r->header.closed.n_chunks : offset < r->size; n++) {
		struct log_chunk_header h;

		if (r->size - offset < sizeof(h) || read_at(r, &h, sizeof(h), offset) < 0) {
			damaged(r, &r->damage, n, offset, "the file ends within it");
			break;
		}
		if (index_chunk(r, &h, n, offset, &r->damage) < 0)
			break;
		offset += sizeof(h) + (((u64)h.stored_bytes + 7) & ~7ull);
		if (offset > r->size) {
			damaged(r, &r->damage, n, offset, "the file ends within it");
			break;
		}
	}
	r->n_chunks = n;
	if (r->closed && r->damage.code == ERR_NONE && offset != r->size)
		err_set(&r->damage, ERR_HEADER,
		        "%s: %" PRIu64 " bytes behind the last of its %" PRIu64 " chunks", r->path,
		        r->size - offset, n);
}

/* Chunks in slots.  A CPU's stream ends at the first damage; the others' go on. */
static void scan_slots(struct reader *r)
{
	u64 slot = r->header.slot_bytes, first = r->header.header_bytes;
	u64 n = (r->size - first + slot - 1) / slot;
	struct err e;

	for (u64 i = 0; i < n; i++) {
		u64 offset = first + i * slot;
		struct log_chunk_header h;

		/* A cut log may end anywhere; a slot that nobody began is no chunk of it. */
		if (r->size - offset < sizeof(h))
			break;
		if (read_at(r, &h, sizeof(h), offset) < 0) {
			damaged(r, &e, i, offset, "it cannot be read");
		} else if (!r->closed && all_zero(&h, sizeof(h))) {
			continue;
		} else if (index_chunk(r, &h, i, offset, &e) == 0) {
			continue;
		}
		if (r->damage.code == ERR_NONE)
			r->damage = e;
	}
	r->n_chunks = n;
}

static int scan(struct reader *r, struct err *e)
{
	const struct log_file_header *h = &r->header;
	u64 room = r->size - h->header_bytes;
	u64 least = h->slot_bytes ? h->slot_bytes : sizeof(struct log_chunk_header);

	if (r->closed && h->closed.n_chunks > room / least)
		return err_set(e, ERR_TRUNCATED,
		               "%s: %" PRIu64 " bytes, too few for its %" PRIu64 " chunks", r->path,
		               r->size, h->closed.n_chunks);
	if (r->closed && h->slot_bytes && room != h->closed.n_chunks * h->slot_bytes)
		return err_set(e, ERR_HEADER,
		               "%s: %" PRIu64 " bytes behind the last of its %" PRIu64 " chunks",
		               r->path, room - h->closed.n_chunks * h->slot_bytes,
		               h->closed.n_chunks);
	if (h->slot_bytes)
		scan_slots(r);
	else
		scan_packed(r);
	return 0;
}

int reader_open_file(struct reader **out, const char *path, struct err *e)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	struct stat st;
	int rc = 0;

	r->path = strdup(path);
	/* Not to wait for a writer, should it be a pipe. */
	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (r->fd < 0 || fstat(r->fd, &st) < 0)
		rc = err_set(e, ERR_OPEN, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: not a regular file%s", path,
		             S_ISDIR(st.st_mode) ? " but a directory" : "");
	else if (st.st_size == 0)
		rc = err_set(e, ERR_EMPTY, "%s: the file is empty", path);
	if (rc == 0) {
		r->size = (u64)st.st_size;
		rc = check_header(r, e);
	}
	if (rc == 0)
		rc = read_config(r, e);
	if (rc == 0)
		rc = scan(r, e);
	if (rc < 0) {
		reader_close(r);
		return rc;
	}
	*out = r;
	return 0;
}

static int bad_chunk(const struct reader *r, u32 cpu, const struct reader_chunk *k, struct err *e,
                     const char *why)
{
	return err_set(e, ERR_CHUNK, "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "): %s",
	               r->path, k->number, cpu, k->offset, why);
}

/* Behind the records of a closed slot there is nothing but 0: the writer never wrote there. */
static int judge_slack(struct reader *r, u32 cpu, const struct reader_chunk *k,
                       const struct log_chunk_header *h, struct err *e)
{
	u8 slack[4096];
	u64 at = sizeof(*h) + h->stored_bytes;

	while (at < r->header.slot_bytes) {
		u32 n = (u32)min_u64(sizeof(slack), r->header.slot_bytes - at);

		if (read_at(r, slack, n, k->offset + at) < 0)
			return bad_chunk(r, cpu, k, e, "it cannot be read");
		for (u32 i = 0; i < n; i++)
			if (slack[i])
				return bad_chunk(r, cpu, k, e,
				                 "there is something behind its records");
		at += n;
	}
	return 0;
}

/* The records of a closed chunk into c->records.  0 or < 0. */
static int load_closed(struct reader *r, u32 cpu, const struct reader_chunk *k,
                       const struct log_chunk_header *h, struct err *e)
{
	struct reader_cpu *c = &r->cpu[cpu];
	bool zstd = h->flags & CHUNK_ZSTD;
	u8 *stored = zstd ? reader_ensure(&r->packed, &r->packed_cap, h->stored_bytes)
	                  : reader_ensure(&c->records, &c->cap, h->stored_bytes);

	if (read_at(r, stored, h->stored_bytes, k->offset + sizeof(*h)) < 0)
		return bad_chunk(r, cpu, k, e, "it cannot be read");
	if (log_chunk_checksum(h, stored) != h->checksum)
		return bad_chunk(r, cpu, k, e, "its checksum differs");
	if (judge_slack(r, cpu, k, h, e) < 0)
		return -(int)e->code;
	if (zstd) {
		size_t n;

		reader_ensure(&c->records, &c->cap, h->record_bytes);
		n = ZSTD_decompress(c->records, h->record_bytes, stored, h->stored_bytes);
		if (ZSTD_isError(n) || n != h->record_bytes)
			return bad_chunk(r, cpu, k, e, "it cannot be decompressed");
	}
	return 0;
}

int reader_file_next(struct reader *r, u32 cpu, struct reader_bytes *out, struct err *e)
{
	struct reader_cpu *c = &r->cpu[cpu];
	const struct reader_chunk *k;
	struct log_chunk_header h;
	const char *why;
	u64 n;

	if (c->next == c->n)
		return 0;
	k = &c->chunk[c->next++];
	if (read_at(r, &h, sizeof(h), k->offset) < 0)
		return bad_chunk(r, cpu, k, e, "it cannot be read");
	why = judge_chunk(r, &h, k->offset);
	if (!why && (h.cpu != cpu || h.seq != c->next - 1))
		why = "it changed while the log was read";
	if (why)
		return bad_chunk(r, cpu, k, e, why);
	if (is_closed(&h)) {
		int rc = load_closed(r, cpu, k, &h, e);

		if (rc < 0)
			return rc;
		n = h.record_bytes;
		r->stored_bytes += sizeof(h) + h.stored_bytes;
		r->bytes += n;
	} else {
		if (c->next != c->n)
			return bad_chunk(r, cpu, k, e, "it was not closed, and others follow it");
		n = min_u64(r->header.slot_bytes, r->size - k->offset) - sizeof(h);
		reader_ensure(&c->records, &c->cap, n);
		if (read_at(r, c->records, n, k->offset + sizeof(h)) < 0)
			return bad_chunk(r, cpu, k, e, "it cannot be read");
	}
	c->base = c->records;
	*out = (struct reader_bytes){ .cur = c->records,
		                      .end = c->records + n,
		                      .open = !is_closed(&h) };
	return 1;
}
