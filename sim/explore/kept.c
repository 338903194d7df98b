// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/kept.h"

#include "sim/base/slurp.h"
#include "sim/base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/**
 * struct kept_header
 * @bytes:    of the state behind it
 * @checksum: of what is before it, and of the state
 */
struct kept_header {
	char magic[8];
	u32 version, zero;
	u64 of, bytes, checksum;
};

static const char magic[8] = "HYPSIMX";

u64 kept_of(const struct scope *scope, const struct engine_opts *o)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	u64 h;

	if (!f)
		abort();
	scope_print(f, scope);
	fprintf(f, "seed %llu cpus %u version %s called %zu", (unsigned long long)scope->seed,
	        scope->cpus, HYPSIM_VERSION, sizeof(struct called));
	fprintf(f, " grain %d", grain_settled(o->grain));
	fprintf(f, " depend %d judged %d strict %d steps %u checks", o->depend, o->judged,
	        o->how.strict, o->steps);
	for (u32 i = 0; i < CHK_NR; i++)
		fprintf(f, " %d", o->judged && check_set_has(&o->checks, i));
	fclose(f);
	h = XXH3_64bits(text, n);
	free(text);
	return h;
}

static u64 checksum_of(const struct kept_header *h, const void *state)
{
	u64 seed = XXH3_64bits(h, offsetof(struct kept_header, checksum));

	return XXH3_64bits_withSeed(state, h->bytes, seed);
}

int kept_write(const char *path, u64 of, const struct bytes *state, struct err *e)
{
	struct kept_header h = { .version = KEPT_VERSION, .of = of, .bytes = state->n };
	struct whole_file f;
	int rc;

	memcpy(h.magic, magic, sizeof(magic));
	h.checksum = checksum_of(&h, state->v);
	rc = whole_open(&f, path, e);
	if (rc < 0)
		return rc;
	rc = whole_write(&f, &h, sizeof(h), e);
	if (rc == 0)
		rc = whole_write(&f, state->v, state->n, e);
	if (rc == 0)
		return whole_commit(&f, e);
	whole_drop(&f);
	return rc;
}

static int check_kept(const char *path, u64 of, const char *data, size_t n, struct err *e)
{
	struct kept_header h;

	if (n < sizeof(h.magic) || memcmp(data, magic, sizeof(magic)) != 0)
		return err_set(e, ERR_MAGIC, "%s: this is no search that hypsim explore has kept",
		               path);
	if (n < sizeof(h))
		return err_set(e, ERR_TRUNCATED, "%s: the kept search is cut off in its header",
		               path);
	memcpy(&h, data, sizeof(h));
	if (h.version != KEPT_VERSION)
		return err_set(e, ERR_VERSION,
		               "%s: a kept search of version %u; this program reads version %d",
		               path, h.version, KEPT_VERSION);
	if (h.bytes != n - sizeof(h))
		return err_set(e, ERR_TRUNCATED,
		               "%s: the kept search should have %llu bytes and has %zu", path,
		               (unsigned long long)h.bytes + sizeof(h), n);
	if (h.checksum != checksum_of(&h, data + sizeof(h)))
		return err_set(e, ERR_CHUNK, "%s: the kept search is damaged: its checksum differs",
		               path);
	if (h.of != of)
		return err_set(
			e, ERR_CONFIG,
			"%s: a search of another scope, shard or version, or with other errata, "
			"seed, dependence, grain, checks or limit of steps",
			path);
	return 0;
}

int kept_read(const char *path, u64 of, bool *there, char **data, struct bytes_in *state,
              struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	size_t n = 0;

	*there = fd >= 0;
	*data = NULL;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	rc = slurp(fd, path, data, &n, e);
	close(fd);
	if (rc < 0)
		return rc;
	rc = check_kept(path, of, *data, n, e);
	if (rc < 0) {
		free(*data);
		*data = NULL;
		return rc;
	}
	*state = (struct bytes_in){ .v = (const u8 *)*data + sizeof(struct kept_header),
		                    .n = n - sizeof(struct kept_header) };
	return 0;
}
