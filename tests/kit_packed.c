// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_packed.h"

#include "sim/log/convert/pack.h"
#include "tests/kit.h"

#include <stdio.h>
#include <sys/mman.h>

enum { CHUNK = 300 };

/* Where the records of a stream may be parted: a place between two moves. */
static VEC(u32) borders[MAX_CPU];

static void note_borders(struct streams *s, void *arg)
{
	(void)arg;
	for (u32 c = 0; c < s->o.cpus; c++)
		vec_push(&borders[c], log_chunk_bytes(log_writer(s->log, c)));
}

/* One stream as some chunks. */
static void pack_stream(struct streams *s, struct pack *p, u32 cpu)
{
	const u8 *records = (const u8 *)(log_writer(s->log, cpu)->chunk + 1);
	u32 n = log_chunk_bytes(log_writer(s->log, cpu)), at = 0;
	struct err e;

	for (u32 i = 0; i < borders[cpu].n; i++) {
		u32 to = borders[cpu].v[i];

		if (to - at < CHUNK || to >= n)
			continue;
		assert_int_equal(pack_chunk(p, cpu, records + at, to - at, false, &e), 0);
		at = to;
	}
	assert_int_equal(pack_chunk(p, cpu, records + at, n - at, false, &e), 0);
	vec_free(&borders[cpu]);
}

int packed_streams(const struct streams_options *o, u64 seed, char *path)
{
	int fd = memfd_create("log", 0);
	bool whole = true;
	struct streams s;
	struct pack *p;
	struct err e;

	streams_init(&s, o, seed);
	assert_int_equal(log_open_memory(&s.log, &s.config, ~0ull, &e), 0);
	s.between = note_borders;
	for (u32 i = 0; i < o->episodes && whole; i++)
		whole = streams_episode(&s, i);
	for (u32 c = 0; c < o->cpus && whole; c++)
		log_mark(log_writer(s.log, c), MARK_CLOSE, 0, NULL);
	snprintf(path, PACKED_PATH, "/proc/self/fd/%d", fd);
	assert_int_equal(pack_open(&p, path, &s.config, PACK_PLAIN, &e), 0);
	for (u32 c = 0; c < o->cpus; c++)
		pack_stream(&s, p, c);
	assert_int_equal(pack_end(p, whole, &e), 0);
	assert_int_equal(pack_close(p, &e), 0);
	streams_destroy(&s);
	return fd;
}
