// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_file.h"

#include "sim/base/read_at.h"
#include "sim/base/vec.h"
#include "sim/log/event.h"
#include "sim/log/op.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

enum { INDEX_VERSION = 2, INDEX_LEVEL = 1 };

/* No part takes more. */
static const u32 most_raw = 1u << 30;

static const char magic[8] = "HYPSIMIX";

/**
 * struct index_header - the beginning of the file
 * @layout:   of what numbers in it depend on, besides the version
 * @name:     of the log
 * @checksum: of what is before it
 */
struct index_header {
	char magic[8];
	u32 version, layout;
	struct log_name name;
	struct index_place directory;
	u64 checksum;
};

static u32 layout(void)
{
	const u32 what[] = { MAX_CPU, ID_END, EV_NR, HYP_OP_NR, N_VMID };

	return (u32)XXH3_64bits(what, sizeof(what));
}

static u64 header_checksum(const struct index_header *h)
{
	return XXH3_64bits(h, offsetof(struct index_header, checksum));
}

static bool get(int fd, void *p, size_t n, u64 offset)
{
	return read_at(fd, p, n, offset) == 0;
}

/* Is there a file of that name which is no index? */
static bool is_other_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char first[sizeof(magic)];
	bool other;

	if (fd < 0)
		return false;
	other = fstat(fd, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_size) &&
	        (!get(fd, first, sizeof(first), 0) || memcmp(first, magic, sizeof(magic)) != 0);
	close(fd);
	return other;
}

int index_out_open(struct index_out *o, const char *path, struct err *e)
{
	const struct index_header none = { .version = 0 };
	int rc;

	*o = (struct index_out){ .file = { .fd = -1 }, .at = sizeof(none) };
	if (is_other_file(path))
		return err_set(e, ERR_USAGE, "%s: it is no index, and stays as it is", path);
	rc = whole_open(&o->file, path, e);
	return rc < 0 ? rc : whole_write(&o->file, &none, sizeof(none), e);
}

void index_place_stash(struct index_place *p, struct stash *s)
{
	stash_u64(s, &p->offset);
	stash_u64(s, &p->checksum);
	stash_u32(s, &p->stored);
	stash_u32(s, &p->raw);
}

int index_out_part(struct index_out *o, const u8 *raw, size_t n, struct index_place *place,
                   struct err *e)
{
	size_t room = ZSTD_compressBound(n), got;
	u8 *packed = xmalloc(room);
	int rc;

	got = ZSTD_compress(packed, room, raw, n, INDEX_LEVEL);
	*place = (struct index_place){ .offset = o->at,
		                       .checksum = XXH3_64bits(packed, got),
		                       .stored = (u32)got,
		                       .raw = (u32)n };
	rc = whole_write(&o->file, packed, got, e);
	o->at += got;
	free(packed);
	return rc;
}

int index_out_finish(struct index_out *o, const struct log_name *name, const u8 *raw, size_t n,
                     struct err *e)
{
	struct index_header h = { .version = INDEX_VERSION, .layout = layout(), .name = *name };
	int rc = index_out_part(o, raw, n, &h.directory, e);

	memcpy(h.magic, magic, sizeof(magic));
	h.checksum = header_checksum(&h);
	if (rc == 0 && pwrite(o->file.fd, &h, sizeof(h), 0) != sizeof(h))
		rc = err_host(e, ERR_DISK, errno, "%s", o->file.path);
	if (rc == 0)
		return whole_commit(&o->file, e);
	index_out_drop(o);
	return rc;
}

void index_out_drop(struct index_out *o)
{
	whole_drop(&o->file);
}

void index_bytes_free(struct index_bytes *b)
{
	free(b->v);
	free(b->packed);
	*b = (struct index_bytes){ .n = 0 };
}

static u8 *room(u8 **v, size_t *cap, size_t n)
{
	if (n > *cap || !*v) {
		free(*v);
		*v = xmalloc(n + 1);
		*cap = n;
	}
	return *v;
}

bool index_in_part(int fd, const struct index_place *place, struct index_bytes *out)
{
	if (place->raw > most_raw || place->stored > ZSTD_compressBound(most_raw))
		return false;
	room(&out->packed, &out->packed_cap, place->stored);
	if (!get(fd, out->packed, place->stored, place->offset) ||
	    XXH3_64bits(out->packed, place->stored) != place->checksum)
		return false;
	room(&out->v, &out->cap, place->raw);
	out->n = place->raw;
	return ZSTD_decompress(out->v, place->raw, out->packed, place->stored) == place->raw;
}

int index_in_open(const char *path, const struct log_name *name, struct index_bytes *directory)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct index_header h;

	if (fd < 0)
		return -1;
	if (get(fd, &h, sizeof(h), 0) && memcmp(h.magic, magic, sizeof(magic)) == 0 &&
	    h.version == INDEX_VERSION && h.layout == layout() &&
	    h.checksum == header_checksum(&h) && memcmp(&h.name, name, sizeof(*name)) == 0 &&
	    index_in_part(fd, &h.directory, directory))
		return fd;
	close(fd);
	return -1;
}
