// SPDX-License-Identifier: GPL-2.0-only

/* A stream of several chunks in a file: only the last one may be open. */
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/read/reader.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fd;
static char path[64];

/* A cut log of one CPU, of two chunks. */
static int setup(void **state)
{
	struct log_config config;
	struct log *log;
	struct err e;

	(void)state;
	fd = memfd_create("log", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	log_config_init(&config, 1);
	if (fd < 0 || log_open_file(&log, &config, path, &e) < 0)
		return -1;
	while (log_writer(log, 0)->chunk->seq == 0)
		log_set_bound(log_writer(log, 0), 10);
	log_set_bound(log_writer(log, 0), 11);
	log_free(log);
	log_config_free(&config);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return close(fd);
}

/* Clear the flags of the chunk that @r reads first. */
static void open_first(const struct reader *r)
{
	off_t at = (off_t)r->file->stream[0].chunk[0].offset +
	           (off_t)offsetof(struct log_chunk_header, flags);
	u16 flags = 0;

	assert_int_equal(pwrite(fd, &flags, sizeof(flags), at), sizeof(flags));
}

static void test_last_one_is_open(void **state)
{
	struct reader_bytes b;
	struct reader *r;
	struct err e;

	(void)state;
	assert_int_equal(reader_open_file(&r, path, &e), 0);
	assert_int_equal(reader_next(r, 0, &b, &e), 1);
	assert_false(b.open);
	assert_int_equal(reader_next(r, 0, &b, &e), 1);
	assert_true(b.open);
	assert_int_equal(b.cur[0], OP_SET | SET_BOUND << 4);
	assert_int_equal(reader_next(r, 0, &b, &e), 0);
	reader_close(r);
}

/* Were it read as an open one, what is lost at its end would not be missed. */
static void test_first_one_is_open(void **state)
{
	struct reader_bytes b;
	struct reader *r;
	struct err e;

	(void)state;
	assert_int_equal(reader_open_file(&r, path, &e), 0);
	open_first(r);
	assert_int_equal(reader_next(r, 0, &b, &e), -ERR_CHUNK);
	assert_non_null(strstr(e.msg, "chunk 0 (CPU 0, offset "));
	assert_non_null(strstr(e.msg, "it was not closed, and others follow it"));
	reader_close(r);
}

/* A record that is none is an error of the log, not its end, also where the records of a cut log are counted. */
static void test_bad_record_when_repacked(void **state)
{
	static const u8 bad = OP_SET | 15 << 4;
	struct reader *r;
	struct err e;

	(void)state;
	assert_int_equal(convert_repack(path, "test_chunks.hlog", PACK_PLAIN, &e), 0);
	assert_int_equal(unlink("test_chunks.hlog"), 0);
	assert_int_equal(reader_open_file(&r, path, &e), 0);
	assert_int_equal(pwrite(fd, &bad, 1,
	                        (off_t)r->file->stream[0].chunk[1].offset +
	                                (off_t)sizeof(struct log_chunk_header)),
	                 1);
	reader_close(r);
	assert_int_equal(convert_repack(path, "test_chunks.hlog", PACK_PLAIN, &e), -ERR_RECORD);
	assert_non_null(strstr(e.msg, "chunk 1 (CPU 0, offset "));
	assert_non_null(strstr(e.msg, "byte 0: a setting that is unknown"));
	/* and nothing is left of it */
	assert_int_equal(access("test_chunks.hlog", F_OK), -1);
}

/* A file of chunks one behind the other that lacks only the 0 bytes behind the last one. */
static void test_packed_file_is_short(void **state)
{
	struct reader *r;
	struct err e;
	u64 size;

	(void)state;
	assert_int_equal(convert_repack(path, "test_chunks.hlog", PACK_PLAIN, &e), 0);
	assert_int_equal(reader_open_file(&r, "test_chunks.hlog", &e), 0);
	assert_int_equal(r->file->damage.code, ERR_NONE);
	assert_int_equal(r->file->stream[0].n, 2);
	size = r->file->size;
	reader_close(r);
	assert_int_equal(truncate("test_chunks.hlog", (off_t)size - 1), 0);
	assert_int_equal(reader_open_file(&r, "test_chunks.hlog", &e), 0);
	assert_int_equal(r->file->damage.code, ERR_CHUNK);
	assert_non_null(strstr(r->file->damage.msg, "the file ends within it"));
	reader_close(r);
	assert_int_equal(unlink("test_chunks.hlog"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_last_one_is_open),
		T(test_first_one_is_open),
		T(test_bad_record_when_repacked),
		T(test_packed_file_is_short),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
