// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/chunk_index.h"

#include "sim/base/read_at.h"
#include "sim/base/vec.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

int chunk_read_at(const struct chunk_file *f, void *buf, size_t n, u64 offset)
{
	return read_at(f->fd, buf, n, offset);
}

bool chunk_all_zero(const void *p, size_t n)
{
	const u8 *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i])
			return false;
	return true;
}

static int damaged(const struct chunk_file *f, struct err *e, u64 number, u64 offset,
                   const char *why)
{
	return err_set(e, ERR_CHUNK, "%s: chunk %" PRIu64 " (offset %" PRIu64 "): %s", f->path,
	               number, offset, why);
}

bool chunk_is_closed(const struct log_chunk_header *h)
{
	return h->flags & CHUNK_CLOSED && h->checksum;
}

const char *chunk_judge(const struct chunk_file *f, const struct log_chunk_header *h, u64 offset)
{
	bool chunk_closed = chunk_is_closed(h);
	u64 room = f->header.slot_bytes ? f->header.slot_bytes - sizeof(*h) : ~0ull;

	if (h->magic != LOG_CHUNK_MAGIC)
		return "not the beginning of a chunk";
	if (h->cpu > f->config.cpus)
		return "of a CPU that the log does not have";
	if (h->flags & ~(CHUNK_CLOSED | CHUNK_ZSTD | CHUNK_LOST) ||
	    !chunk_all_zero(h->reserved, sizeof(h->reserved)))
		return "its header is damaged";
	if (!chunk_closed && (f->closed || !f->header.slot_bytes || h->flags & ~CHUNK_CLOSED))
		return "it was not closed";
	if (!chunk_closed)
		return NULL;
	if (f->closed && h->flags & CHUNK_LOST)
		return "its stream was cut, and the log was closed in order";
	if (h->record_bytes > LOG_MAX_CHUNK_RECORDS || h->stored_bytes > LOG_MAX_CHUNK_RECORDS ||
	    h->stored_bytes > room)
		return "its header is damaged";
	if (!(h->flags & CHUNK_ZSTD) && h->record_bytes != h->stored_bytes)
		return "its header is damaged";
	if (h->stored_bytes > f->size - offset - sizeof(*h))
		return "the file ends within it";
	return NULL;
}

/* Take chunk @number into the index.  0, or what is wrong is in *e. */
static int index_chunk(struct chunk_file *f, const struct log_chunk_header *h, u64 number,
                       u64 offset, struct err *e)
{
	const char *why = chunk_judge(f, h, offset);
	struct file_stream *c;

	if (why)
		return damaged(f, e, number, offset, why);
	c = &f->stream[h->cpu];
	if (c->lost)
		return damaged(f, e, number, offset, "it follows the last one of its stream");
	if (h->seq != c->n)
		return err_set(e, ERR_CHUNK,
		               "%s: chunk %" PRIu64 " (CPU %u, offset %" PRIu64 "): number %" PRIu64
		               " of its stream stands where number %u belongs",
		               f->path, number, h->cpu, offset, h->seq, c->n);
	if (c->n == c->cap)
		c->chunk = vec_grow(c->chunk, &c->cap, sizeof(*c->chunk));
	c->chunk[c->n++] = (struct file_chunk){ .offset = offset, .number = number };
	c->lost = h->flags & CHUNK_LOST;
	return 0;
}

/* Chunks one behind the other, each as long as it says. */
static void scan_packed(struct chunk_file *f)
{
	u64 offset = f->header.header_bytes, n = 0;

	for (; f->closed ? n < f->header.closed.n_chunks : offset < f->size; n++) {
		struct log_chunk_header h;

		if (f->size - offset < sizeof(h) || chunk_read_at(f, &h, sizeof(h), offset) < 0) {
			damaged(f, &f->damage, n, offset, "the file ends within it");
			break;
		}
		if (index_chunk(f, &h, n, offset, &f->damage) < 0)
			break;
		offset += sizeof(h) + (((u64)h.stored_bytes + 7) & ~7ull);
		if (offset > f->size) {
			damaged(f, &f->damage, n, offset, "the file ends within it");
			break;
		}
	}
	f->n_chunks = n;
	if (f->closed && f->damage.code == ERR_NONE && offset != f->size)
		err_set(&f->damage, ERR_HEADER,
		        "%s: %" PRIu64 " bytes behind the last of its %" PRIu64 " chunks", f->path,
		        f->size - offset, n);
}

/* Is the last chunk of the stream, as it is now, one that goes on? */
static bool last_is_open(const struct chunk_file *f, const struct file_stream *c)
{
	struct log_chunk_header h;

	return c->n && (chunk_read_at(f, &h, sizeof(h), c->chunk[c->n - 1].offset) < 0 ||
	                !chunk_is_closed(&h));
}

/*
 * A chunk in slot @i of a log that was not closed: does its stream end before it?  Who copies a file that is written finds a
 * chunk that is full in the end when it is open, or not begun, and those that follow later.
 */
static bool severs(const struct chunk_file *f, const struct log_chunk_header *h, u64 i)
{
	const struct file_stream *c = &f->stream[h->cpu];
	u64 last = c->n ? c->chunk[c->n - 1].number : 0, unbegun = 0;

	if (c->severed || last_is_open(f, c))
		return true;
	if (h->seq <= c->n)
		return false;
	for (u32 k = 0; k < f->n_unbegun; k++)
		unbegun += f->unbegun[k] >= last && f->unbegun[k] < i;
	return h->seq - c->n <= unbegun;
}

/* Take the chunk in slot @i into the index.  False: there is none yet. */
static bool take_slot(struct chunk_file *f, u64 i)
{
	u64 offset = f->header.header_bytes + i * f->header.slot_bytes;
	struct log_chunk_header h;
	struct err e;

	if (chunk_read_at(f, &h, sizeof(h), offset) < 0) {
		damaged(f, &e, i, offset, "it cannot be read");
	} else if (!f->closed && chunk_all_zero(&h, sizeof(h))) {
		return false;
	} else if (!f->closed && h.magic == LOG_CHUNK_MAGIC && h.cpu <= f->config.cpus &&
	           severs(f, &h, i)) {
		if (!f->growing)
			f->stream[h.cpu].severed = true;
		return !f->growing;
	} else if (index_chunk(f, &h, i, offset, &e) == 0) {
		return true;
	}
	/* One that is being begun may be half there. */
	if (f->growing)
		return false;
	if (f->damage.code == ERR_NONE)
		f->damage = e;
	return true;
}

/* Chunks in slots.  A CPU's stream ends at the first damage; the others' go on. */
static void scan_slots(struct chunk_file *f)
{
	u64 slot = f->header.slot_bytes, first = f->header.header_bytes;
	u64 n = (f->size - first + slot - 1) / slot;
	u32 kept = 0, looked = f->n_unbegun;

	if (f->closed)
		n = min_u64(n, f->header.closed.n_chunks);
	/* Those before keep their places, for who counts them. */
	for (u32 k = 0; k < looked; k++) {
		u64 i = f->unbegun[k];

		if (!take_slot(f, i))
			f->unbegun[kept++] = i;
	}
	f->n_unbegun = kept;
	for (; f->scanned < n; f->scanned++) {
		/* A cut log may end anywhere; a slot that nobody began is no chunk of it. */
		if (f->size - (first + f->scanned * slot) < sizeof(struct log_chunk_header))
			break;
		if (take_slot(f, f->scanned))
			continue;
		if (f->n_unbegun == f->cap_unbegun)
			f->unbegun = vec_grow(f->unbegun, &f->cap_unbegun, sizeof(*f->unbegun));
		f->unbegun[f->n_unbegun++] = f->scanned;
	}
	f->n_chunks = f->scanned;
}

/* A log that was closed says how many chunks it has; what is there is read all the same. */
static void judge_length(struct chunk_file *f)
{
	const struct log_file_header *h = &f->header;
	u64 room = f->size - h->header_bytes;
	u64 least = h->slot_bytes ? h->slot_bytes : sizeof(struct log_chunk_header);

	if (!f->closed || f->damage.code != ERR_NONE)
		return;
	if (h->closed.n_chunks > room / least)
		err_set(&f->damage, ERR_TRUNCATED,
		        "%s: %" PRIu64 " bytes, too few for its %" PRIu64 " chunks", f->path,
		        f->size, h->closed.n_chunks);
	else if (h->slot_bytes && room != h->closed.n_chunks * h->slot_bytes)
		err_set(&f->damage, ERR_HEADER,
		        "%s: %" PRIu64 " bytes behind the last of its %" PRIu64 " chunks", f->path,
		        room - h->closed.n_chunks * h->slot_bytes, h->closed.n_chunks);
}

void chunk_index_scan(struct chunk_file *f)
{
	judge_length(f);
	if (f->header.slot_bytes)
		scan_slots(f);
	else
		scan_packed(f);
}
