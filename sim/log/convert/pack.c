// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/convert/pack.h"

#include "sim/base/vec.h"
#include "sim/base/whole_file.h"
#include "sim/log/format.h"
#include "sim/log/write/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

/**
 * struct pack - a file being written
 * @file: its descriptor and name
 * @out: a compressed chunk
 */
struct pack {
	struct whole_file file;
	int level;
	u64 n_chunks;
	u64 seq[MAX_CPU];
	u8 *out;
	size_t cap;
};

static int put_header(struct pack *p, const struct log_config *config, struct err *e)
{
	char *json = log_config_to_json(config);
	size_t len = strlen(json);
	size_t bytes = (sizeof(struct log_file_header) + len + LOG_HEADER_BYTES - 1) /
	               LOG_HEADER_BYTES * LOG_HEADER_BYTES;
	u8 *page = xcalloc(1, bytes);
	struct log_file_header h = { .version = LOG_VERSION,
		                     .header_bytes = (u32)bytes,
		                     .config_bytes = (u32)len };
	int rc;

	memcpy(h.magic, LOG_FILE_MAGIC, sizeof(h.magic));
	h.config_checksum = XXH3_64bits(json, len);
	h.checksum = log_header_checksum(&h);
	memcpy(page, &h, sizeof(h));
	memcpy(page + sizeof(h), json, len);
	rc = whole_write(&p->file, page, bytes, e);
	free(page);
	free(json);
	return rc;
}

int pack_open(struct pack **out, const char *path, const struct log_config *config, int level,
              struct err *e)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	int rc;

	p->level = level;
	rc = whole_open(&p->file, path, e);
	if (rc < 0) {
		free(p);
		return rc;
	}
	rc = put_header(p, config, e);
	if (rc < 0)
		pack_drop(p);
	else
		*out = p;
	return rc;
}

int pack_chunk(struct pack *p, u32 cpu, const void *records, u32 n, bool lost, struct err *e)
{
	static const u8 zero[8];
	struct log_chunk_header h = { .magic = LOG_CHUNK_MAGIC,
		                      .cpu = (u16)cpu,
		                      .flags = CHUNK_CLOSED | (lost ? CHUNK_LOST : 0),
		                      .seq = p->seq[cpu]++,
		                      .record_bytes = n,
		                      .stored_bytes = n };
	const void *stored = records;
	int rc;

	if (p->level != PACK_PLAIN) {
		size_t bound = ZSTD_compressBound(n), got;

		if (bound > p->cap) {
			free(p->out);
			p->out = xcalloc(1, bound);
			p->cap = bound;
		}
		got = ZSTD_compress(p->out, p->cap, records, n, p->level);
		if (ZSTD_isError(got))
			return err_set(e, ERR_MEMORY, "%s: cannot compress: %s", p->file.path,
			               ZSTD_getErrorName(got));
		h.flags |= CHUNK_ZSTD;
		h.stored_bytes = (u32)got;
		stored = p->out;
	}
	h.checksum = log_chunk_checksum(&h, stored);
	rc = whole_write(&p->file, &h, sizeof(h), e);
	if (rc == 0)
		rc = whole_write(&p->file, stored, h.stored_bytes, e);
	if (rc == 0)
		rc = whole_write(&p->file, zero, (8 - h.stored_bytes % 8) % 8, e);
	p->n_chunks++;
	return rc;
}

static void forget(struct pack *p)
{
	free(p->out);
	free(p);
}

int pack_end(struct pack *p, bool in_order, struct err *e)
{
	struct log_closed c = { .magic = LOG_CLOSED_MAGIC, .n_chunks = p->n_chunks };
	off_t at = offsetof(struct log_file_header, closed);

	c.checksum = log_closed_checksum(&c);
	if (in_order && pwrite(p->file.fd, &c, sizeof(c), at) != (ssize_t)sizeof(c))
		return err_set(e, ERR_DISK, "%s: cannot close: %s", p->file.path, strerror(errno));
	return 0;
}

int pack_read(const struct pack *p)
{
	struct stat st;

	if (fstat(p->file.fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return open(p->file.temp ? p->file.temp : p->file.path, O_RDONLY | O_CLOEXEC);
}

int pack_close(struct pack *p, struct err *e)
{
	int rc = whole_commit(&p->file, e);

	forget(p);
	return rc;
}

void pack_drop(struct pack *p)
{
	if (!p)
		return;
	whole_drop(&p->file);
	forget(p);
}
