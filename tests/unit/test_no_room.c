// SPDX-License-Identifier: GPL-2.0-only
/*
 * A log whose disk was full: a stream ends where there was no room for its next chunk, and the others went on.  Any number
 * of steps is missing, which no killed CPU can have left: what does not depend on them is merged, and nothing is found.
 */
#include "oracle/data.h"
#include "sim/log/convert/convert.h"
#include "sim/log/text/open.h"
#include "tests/kit.h"
#include "tests/kit_streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPUS = 3, CUT_CPU = 1, MAX_CHUNKS = 64 };

static char path[64], other[64];
static u8 *bytes;
static size_t n_bytes;

static struct log_chunk_header *chunk(u32 slot)
{
	return (struct log_chunk_header *)(void *)(bytes + LOG_HEADER_BYTES +
	                                           (u64)slot * LOG_SLOT_BYTES);
}

/* The slot of chunk @seq of CUT_CPU's stream; MAX_CHUNKS: there is none. */
static u32 slot_of(u64 seq)
{
	for (u32 i = 0; LOG_HEADER_BYTES + (u64)i * LOG_SLOT_BYTES < n_bytes; i++)
		if (chunk(i)->cpu == CUT_CPU && chunk(i)->seq == seq &&
		    chunk(i)->magic == LOG_CHUNK_MAGIC)
			return i;
	return MAX_CHUNKS;
}

static void set_flags(u32 slot, u16 flags)
{
	struct log_chunk_header *h = chunk(slot);

	h->flags = flags;
	h->checksum = log_chunk_checksum(h, h + 1);
}

static void spill(const char *p)
{
	int fd = open(p, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n_bytes), n_bytes);
	close(fd);
}

/* A run's log of some chunks for each CPU, in @bytes. */
static int make(void **state)
{
	struct streams_options o = {
		.cpus = CPUS, .locks = 3, .ops = 60000, .episodes = 1, .flat = 20
	};
	struct streams s;
	struct stat st;
	struct err e;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "test_no_room.%d.a", (int)getpid());
	snprintf(other, sizeof(other), "test_no_room.%d.b", (int)getpid());
	streams_init(&s, &o, test_seed(5));
	snprintf(s.config.scenario, sizeof(s.config.scenario), "test");
	assert_int_equal(log_open_file(&s.log, &s.config, path, &e), 0);
	assert_true(streams_episode(&s, 0));
	assert_int_equal(log_close(s.log, true, &e), 0);
	streams_destroy(&s);
	fd = open(path, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	n_bytes = (size_t)st.st_size;
	bytes = xcalloc(1, n_bytes);
	assert_int_equal(read(fd, bytes, n_bytes), n_bytes);
	close(fd);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	free(bytes);
	unlink(path);
	unlink(other);
	return 0;
}

/* CUT_CPU's stream ends behind its chunk 0, whose flags are @flags; the log was not closed. */
static void cut(u16 flags)
{
	memset(bytes + offsetof(struct log_file_header, closed), 0, sizeof(struct log_closed));
	set_flags(slot_of(0), flags);
	for (u64 seq = 1; slot_of(seq) < MAX_CHUNKS; seq++)
		memset(chunk(slot_of(seq)), 0, LOG_SLOT_BYTES);
	spill(path);
}

struct outcome {
	struct log_status status;
	enum merge_row row;
	struct err err;
};

static struct outcome read_all(const char *p)
{
	struct outcome o = { .row = MERGE_NONE };
	struct event ev[SOURCE_BATCH];
	struct log_source *s;
	u32 n = 0;

	if (log_open(p, &s, &o.err) < 0)
		return o;
	while (s->next(s, ev, SOURCE_BATCH, &n, &o.err) == 0 && n)
		;
	log_source_status(s, &o.status);
	if (o.status.finding)
		o.row = o.status.finding->row;
	s->close(s);
	return o;
}

/* The stream says that it was cut: no finding, nothing filled in, and much of the others' streams. */
static void up_to_what_is_missing(void **state)
{
	struct outcome whole, o, packed;
	struct err e;

	(void)state;
	whole = read_all(path);
	assert_int_equal(whole.err.code, ERR_NONE);
	assert_false(whole.status.in_part);
	assert_true(slot_of(1) < MAX_CHUNKS);
	cut(CHUNK_CLOSED | CHUNK_LOST);
	o = read_all(path);
	assert_int_equal(o.err.code, ERR_NONE);
	assert_int_equal(o.row, MERGE_NONE);
	assert_true(o.status.cut);
	assert_true(o.status.in_part);
	assert_int_equal(o.status.holes, 0);
	assert_true(o.status.events > 10000);
	assert_true(o.status.events < whole.status.events);
	assert_true(o.status.cpu_events[CUT_CPU] < whole.status.cpu_events[CUT_CPU]);

	assert_int_equal(convert_repack(path, other, 1, &e), 0);
	packed = read_all(other);
	assert_int_equal(packed.err.code, ERR_NONE);
	assert_true(packed.status.in_part);
	assert_true(packed.status.events == o.status.events);
}

/* Without its word for it, so many missing steps are those of no killed CPU, and all can lie behind the end of the stream. */
static void without_the_flag(void **state)
{
	struct outcome o, lost;

	(void)state;
	cut(CHUNK_CLOSED | CHUNK_LOST);
	lost = read_all(path);
	cut(CHUNK_CLOSED);
	o = read_all(path);
	assert_int_equal(o.err.code, ERR_NONE);
	assert_int_equal(o.row, MERGE_NONE);
	assert_false(o.status.in_part);
	assert_true(o.status.at_cut);
	assert_int_equal(o.status.holes, 0);
	assert_true(o.status.behind > 10000);
	assert_true(o.status.events == lost.status.events);
}

/* A log that was closed in order has no such stream, and nothing follows in one. */
static void damage_is_said(void **state)
{
	struct outcome o;

	(void)state;
	set_flags(slot_of(0), CHUNK_CLOSED | CHUNK_LOST);
	spill(path);
	o = read_all(path);
	assert_int_equal(o.err.code, ERR_CHUNK);
	assert_non_null(strstr(o.err.msg, "its stream was cut, and the log was closed in order"));
	memset(bytes + offsetof(struct log_file_header, closed), 0, sizeof(struct log_closed));
	spill(path);
	o = read_all(path);
	assert_int_equal(o.err.code, ERR_CHUNK);
	assert_non_null(strstr(o.err.msg, "it follows the last one of its stream"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(up_to_what_is_missing, make, unmake),
		cmocka_unit_test_setup_teardown(without_the_flag, make, unmake),
		cmocka_unit_test_setup_teardown(damage_is_said, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
