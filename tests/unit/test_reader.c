// SPDX-License-Identifier: GPL-2.0-only

/* Log files, whole and damaged: exact errors, and whatever a bit is turned into, never a wrong order. */
#include "oracle/data.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/text/open.h"
#include "tests/kit.h"
#include "tests/kit_streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* In memory if there is such a place: thousands of small files are written. */
static char dir[64] = "/dev/shm/hypsim-reader-XXXXXX";
static char path[80], other[80], third[80];

static int setup_all(void **state)
{
	(void)state;
	if (!mkdtemp(dir)) {
		snprintf(dir, sizeof(dir), "/tmp/hypsim-reader-XXXXXX");
		if (!mkdtemp(dir))
			return -1;
	}
	snprintf(path, sizeof(path), "%s/a.hlog", dir);
	snprintf(other, sizeof(other), "%s/b.hlog", dir);
	snprintf(third, sizeof(third), "%s/c.hlog", dir);
	return 0;
}

static int teardown_all(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	unlink(third);
	return rmdir(dir);
}

static u8 *slurp(const char *p, size_t *n)
{
	struct stat st;
	int fd = open(p, O_RDONLY);
	u8 *b;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	b = xcalloc(1, (size_t)st.st_size + 1);
	*n = (size_t)read(fd, b, (size_t)st.st_size);
	close(fd);
	return b;
}

static void spill(const char *p, const u8 *b, size_t n)
{
	int fd = open(p, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, b, n), n);
	close(fd);
}

/* A run's log of a few hundred events, packed small; @in_order: closed. */
static void make(const char *p, u32 ops, bool in_order)
{
	struct streams_options o = {
		.cpus = 3, .locks = 3, .ops = ops, .episodes = 2, .kill = !in_order, .flat = 20
	};
	struct streams s;
	struct err e;
	bool alive;

	streams_init(&s, &o, 5);
	snprintf(s.config.scenario, sizeof(s.config.scenario), "test");
	assert_int_equal(log_open_file(&s.log, &s.config, p, &e), 0);
	alive = streams_episode(&s, 0) && streams_episode(&s, 1);
	assert_int_equal(alive, in_order);
	assert_int_equal(log_close(s.log, in_order, &e), 0);
	streams_destroy(&s);
}

/* What reading a file to its end gave: error, finding, and a hash of all events. */
struct outcome {
	enum err_code code;
	enum merge_row row;
	u64 events, hash;
	bool cut;
	char msg[512];
};

static struct outcome outcome(const char *p)
{
	struct outcome o = { 0 };
	struct log_source *s;
	struct event ev[64];
	struct log_status st;
	struct err e = { 0 };
	u32 n = 0;

	if (log_open(p, &s, &e) == 0) {
		while (s->next(s, ev, 64, &n, &e) == 0 && n) {
			for (u32 i = 0; i < n; i++) {
				const u8 *more = (const u8 *)ev[i].diffs;
				size_t len = ev[i].n *
				             (event_is_push(ev[i].kind) ? sizeof(struct diff) : 8);

				o.hash = XXH3_64bits_withSeed(&ev[i], offsetof(struct event, diffs),
				                              o.hash);
				if (len)
					o.hash = XXH3_64bits_withSeed(more, len, o.hash);
			}
			o.events += n;
		}
		log_source_status(s, &st);
		o.row = st.finding ? st.finding->row : MERGE_NONE;
		o.cut = st.cut;
		s->close(s);
	}
	o.code = e.code;
	memcpy(o.msg, e.msg, sizeof(o.msg));
	return o;
}

static void assert_error(const char *p, enum err_code code, const char *part)
{
	struct outcome o = outcome(p);

	assert_string_equal(err_name(o.code), err_name(code));
	if (!strstr(o.msg, part) || !strstr(o.msg, p))
		fail_msg("\"%s\" is not in \"%s\"", part, o.msg);
}

static void test_not_logs(void **state)
{
	(void)state;
	assert_error("/nonexistent/log", ERR_OPEN, "No such file");
	assert_error(dir, ERR_NOT_FILE, "a directory");
	assert_error("/dev/null", ERR_NOT_FILE, "not a regular file");
	spill(path, NULL, 0);
	assert_error(path, ERR_EMPTY, "empty");
	spill(path, (const u8 *)"\177ELF\1\2\3\4", 8);
	assert_error(path, ERR_MAGIC, "not a hypsim log");
	spill(path, (const u8 *)LOG_FILE_MAGIC, 5);
	assert_error(path, ERR_TRUNCATED, "ends within its header, after 5 bytes");
}

static void flip(const char *from, size_t at, u8 bits)
{
	size_t n;
	u8 *b = slurp(from, &n);

	assert_true(at < n);
	b[at] ^= bits;
	spill(other, b, n);
	free(b);
}

static void test_damage_is_named(void **state)
{
	size_t header = LOG_HEADER_BYTES, slot = LOG_SLOT_BYTES;

	(void)state;
	make(path, 20, true);
	assert_int_equal(outcome(path).code, ERR_NONE);
	flip(path, offsetof(struct log_file_header, version), 8);
	assert_error(other, ERR_VERSION,
	             "version 11 of the log format, and this hypsim reads version 3");
	flip(path, offsetof(struct log_file_header, slot_bytes), 1);
	assert_error(other, ERR_HEADER, "the header's checksum differs");
	flip(path, offsetof(struct log_file_header, closed), 1);
	assert_error(other, ERR_HEADER, "closing part");
	flip(path, sizeof(struct log_file_header) + 9, 1);
	assert_error(other, ERR_HEADER, "configuration's checksum");
	flip(path, header + slot, 1);
	assert_error(other, ERR_CHUNK, "chunk 1 (offset 266240): not the beginning of a chunk");
	flip(path, header + slot + 4, 4);
	assert_error(other, ERR_CHUNK,
	             "chunk 1 (offset 266240): of a CPU that the log does not have");
	flip(path, header + slot + sizeof(struct log_chunk_header) + 50, 1);
	assert_error(other, ERR_CHUNK, "chunk 1 (CPU 1, offset 266240): its checksum differs");
	flip(path, header + slot + 8, 1);
	assert_error(other, ERR_CHUNK, "number 1 of its stream stands where number 0 belongs");
	flip(path, header + slot + 6, CHUNK_CLOSED);
	assert_error(other, ERR_CHUNK, "it was not closed");
}

/* A config that JSON can hold and the reader refuses. */
static void test_bad_config(void **state)
{
	struct log_file_header h;
	size_t n;
	u8 *b;

	(void)state;
	make(path, 5, true);
	b = slurp(path, &n);
	memcpy(&h, b, sizeof(h));
	b[sizeof(h)] = '[';
	h.config_checksum = XXH3_64bits(b + sizeof(h), h.config_bytes);
	h.checksum = log_header_checksum(&h);
	memcpy(b, &h, sizeof(h));
	spill(other, b, n);
	free(b);
	assert_error(other, ERR_CONFIG, "b.hlog");
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->code == b->code && a->row == b->row && a->hash == b->hash && a->cut == b->cut;
}

/* Every bit of a small packed log: an error, a finding, or nothing changed. */
static void test_every_bit(void **state)
{
	struct outcome whole;
	struct err e;
	size_t n;
	u8 *b;

	(void)state;
	make(path, 4, true);
	assert_int_equal(convert_repack(path, third, PACK_PLAIN, &e), 0);
	whole = outcome(third);
	assert_int_equal(whole.code, ERR_NONE);
	assert_int_equal(whole.row, MERGE_NONE);
	b = slurp(third, &n);
	for (size_t at = 0; at < n; at++) {
		/* The rest of the header page is nobody's. */
		if (at == 1024)
			at = LOG_HEADER_BYTES;
		for (u32 bit = 0; bit < 8; bit++) {
			struct outcome o;

			b[at] ^= (u8)(1u << bit);
			spill(other, b, n);
			o = outcome(other);
			b[at] ^= (u8)(1u << bit);
			if (o.code == ERR_NONE && o.row == MERGE_NONE && !same(&o, &whole))
				fail_msg("byte %zu bit %u: another log, and nobody noticed", at,
				         bit);
		}
	}
	free(b);
}

/* Cut at every length: never another verdict than "damaged". */
static void test_every_length(void **state)
{
	struct outcome whole;
	struct err e;
	size_t n;
	u8 *b;

	(void)state;
	make(path, 4, true);
	assert_int_equal(convert_repack(path, third, PACK_PLAIN, &e), 0);
	whole = outcome(third);
	b = slurp(third, &n);
	for (size_t len = 0; len <= n; len++) {
		struct outcome o;

		if (len == 1024)
			len = LOG_HEADER_BYTES - 2;
		spill(other, b, len);
		o = outcome(other);
		if (len == n)
			assert_true(same(&o, &whole));
		else if (o.code == ERR_NONE)
			fail_msg("cut to %zu bytes: nobody noticed", len);
	}
	free(b);
}

/* The same for a log that was not closed: flips in its records can make any error or finding, and no crash. */
static void test_cut_log_bits(void **state)
{
	size_t n, used = 0;
	struct rng r = { test_seed(4) };
	u8 *b;

	(void)state;
	make(path, 30, false);
	assert_true(outcome(path).cut);
	b = slurp(path, &n);
	for (size_t at = 0; at < n; at++)
		used += b[at] != 0;
	assert_true(used > 500);
	for (u32 i = 0; i < 300; i++) {
		size_t at = 0;
		u32 k = (u32)rng_below(&r, used);

		while (b[at] == 0 || k--)
			at++;
		b[at] ^= (u8)(1u << (i % 8));
		spill(other, b, n);
		(void)outcome(other);
		b[at] ^= (u8)(1u << (i % 8));
	}
	/* Records end at the last whole one, wherever the file ends. */
	for (u32 i = 0; i < 40; i++) {
		struct outcome o;

		spill(other, b, LOG_HEADER_BYTES + (size_t)rng_below(&r, n - LOG_HEADER_BYTES));
		o = outcome(other);
		assert_true(o.code == ERR_NONE || o.code == ERR_TRUNCATED || o.code == ERR_CHUNK ||
		            o.code == ERR_RECORD);
	}
	free(b);
}

static void test_closing_that_was_killed(void **state)
{
	struct log_chunk_header h;
	struct outcome whole;
	size_t n;
	u8 *b;

	(void)state;
	make(path, 20, false);
	whole = outcome(path);
	b = slurp(path, &n);
	memcpy(&h, b + LOG_HEADER_BYTES, sizeof(h));
	assert_int_equal(h.flags, CHUNK_CLOSED);
	h.checksum = 0;
	memcpy(b + LOG_HEADER_BYTES, &h, sizeof(h));
	spill(other, b, n);
	free(b);
	whole.code = outcome(other).code;
	assert_int_equal(whole.code, ERR_NONE);
	assert_true(outcome(other).hash == whole.hash);
}

static void test_many_chunks_packed_and_compressed(void **state)
{
	struct outcome whole, o;
	struct stat plain, small;
	struct err e;

	(void)state;
	make(path, 60000, true);
	whole = outcome(path);
	assert_int_equal(whole.code, ERR_NONE);
	assert_int_equal(whole.row, MERGE_NONE);
	assert_true(whole.events > 500000);
	assert_int_equal(convert_repack(path, other, PACK_PLAIN, &e), 0);
	o = outcome(other);
	assert_true(same(&o, &whole));
	assert_int_equal(stat(other, &plain), 0);
	assert_int_equal(convert_repack(path, other, 1, &e), 0);
	o = outcome(other);
	assert_true(same(&o, &whole));
	assert_int_equal(stat(other, &small), 0);
	assert_true(small.st_size < plain.st_size);
	/* Damage in the middle: what came before it is given first. */
	flip(path, LOG_HEADER_BYTES + 5ull * LOG_SLOT_BYTES + 1000, 1);
	o = outcome(other);
	assert_int_equal(o.code, ERR_CHUNK);
	assert_true(o.events > 1000);
	assert_true(o.events < whole.events);
}

/* @from as text in @other. */
static void to_text(const char *from)
{
	struct log_source *s;
	struct err e;
	FILE *f = fopen(other, "w");

	assert_non_null(f);
	assert_int_equal(log_open(from, &s, &e), 0);
	assert_int_equal(convert_to_text(s, doracle, f, &e), 0);
	fclose(f);
	s->close(s);
}

static void to_binary(const char *to)
{
	struct log_source *s;
	struct err e;

	assert_int_equal(log_open(other, &s, &e), 0);
	assert_int_equal(convert_to_binary(s, doracle, to, 3, &e), 0);
	s->close(s);
}

static void test_text_and_back(void **state)
{
	struct outcome cut, o;
	struct err e;
	size_t n1, n2;
	u8 *a, *b;

	(void)state;
	make(path, 200, true);
	to_text(path);
	to_binary(third);
	o = outcome(path);
	cut = outcome(third);
	assert_true(o.events == cut.events);
	/* From here on, nothing changes any more: the streams have the fewest records that give their events. */
	to_text(third);
	a = slurp(other, &n1);
	to_binary(path);
	to_text(path);
	b = slurp(other, &n2);
	assert_int_equal(n1, n2);
	assert_memory_equal(a, b, n1);
	free(b);
	free(a);
	/* A cut log stays one. */
	make(path, 200, false);
	cut = outcome(path);
	assert_int_equal(convert_repack(path, other, 1, &e), 0);
	o = outcome(other);
	assert_true(o.cut);
	assert_true(same(&o, &cut));
}

/* A range that did not hold one value is several differences in text, and the episode's contents start over. */
static void test_old_values(void **state)
{
	struct log_config config;
	struct log_writer *w;
	struct log *l;
	struct err e;
	size_t n;
	char *text;

	(void)state;
	log_config_init(&config, 1);
	config.machine = true;
	assert_int_equal(log_open_file(&l, &config, path, &e), 0);
	w = log_writer(l, 0);
	for (u64 i = 0; i < 2; i++) {
		log_episode(w, i, 0, 0);
		log_acquire(w, 4, 0, 10);
		log_diff(w, 4, 0, 1, 1, 5);
		log_push(w, 4, EV_OSMMU, 0, false);
		log_diff(w, 4, 0, 0, 4, 2);
		log_push(w, 4, EV_OSMMU, 0, false);
	}
	assert_int_equal(log_close(l, true, &e), 0);
	log_free(l);
	to_text(path);
	text = (char *)slurp(other, &n);
	for (char *p = text, *episode = NULL; (episode = strstr(p, "episode")); p = episode + 1) {
		char *change = strstr(episode, "smmu_vmid[0]=0>2");

		assert_non_null(strstr(episode, "smmu_vmid[1]=0>5 @"));
		assert_non_null(change);
		assert_memory_equal(change,
		                    "smmu_vmid[0]=0>2 smmu_vmid[1]=5>7 smmu_vmid[2..3]=0>2 @", 54);
	}
	free(text);
}

/* What the data oracle gave is known without being written: a later difference gets its old value from it. */
static void test_oracle_values(void **state)
{
	struct log_config config;
	struct log_writer *w;
	struct log *l;
	struct err e;
	char want[400];
	u64 v = doracle(7, 3, 18);
	size_t n, n2;
	u8 *a, *b;

	(void)state;
	log_config_init(&config, 2);
	config.machine = true;
	config.seed = 7;
	assert_int_equal(log_open_file(&l, &config, path, &e), 0);
	w = log_writer(l, 1);
	log_diff_oracle(w, 5, 3, 3, 17);
	log_flat(w, 0, 0x77);
	log_diff(log_writer(l, 0), FLATMEM_ID, 0, 6, 1, 0 - v);
	log_flat(log_writer(l, 0), 1, 0x88);
	log_diff(w, FLATMEM_ID, 0, 6, 1, 9);
	log_flat(w, 2, 0x99);
	assert_int_equal(log_close(l, true, &e), 0);
	log_free(l);
	to_text(path);
	a = slurp(other, &n);
	snprintf(want, sizeof(want),
	         "0 1 OFLATMEM flatmem[5..7]=doracle(3,0x11) @0000000000000077\n"
	         "0 0 OFLATMEM flatmem[6]=0x%llx>0 @0000000000000088\n",
	         (unsigned long long)v);
	assert_non_null(strstr((char *)a, want));
	assert_non_null(strstr((char *)a, "0 1 OFLATMEM flatmem[6]=0>9 @99\n"));
	to_binary(third);
	to_text(third);
	b = slurp(other, &n2);
	assert_int_equal(n, n2);
	assert_memory_equal(a, b, n);
	free(b);
	free(a);
}

static void test_no_binary_form(void **state)
{
	static const char *const text[] = {
		"0 0 WAIT_LOCK 10\n",
		"1 0 WAIT_LOCK 10\n1 0 INC_NOW\n",
		"1 0 CAS_TICKET\n",
		"0 0 OFLATMEM ?\n",
		/* The object holds 0, not 5. */
		"1 0 INC_TICKET 10\n1 0 GET_NOW\n1 0 HOLD_LOCK\n1 0 OCORE_DATA next_vmid[0]=5>6\n",
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(text); i++) {
		struct log_source *s;
		struct err e;

		unlink(third);
		spill(other, (const u8 *)text[i], strlen(text[i]));
		assert_int_equal(log_open(other, &s, &e), 0);
		assert_int_equal(convert_to_binary(s, doracle, third, PACK_PLAIN, &e),
		                 -ERR_NO_BINARY);
		s->close(s);
		assert_int_equal(access(third, F_OK), -1);
	}
}

/* A file that gets shorter, or another, while it is read: CPU 0's first chunk, from its header to what is behind it. */
static void test_changes_while_read(void **state)
{
	static const struct {
		bool in_order;
		u64 left; /* bytes of the chunk behind its header */
	} cut[] = { { true, 0 }, { true, 1 }, { true, 100000 }, { false, 0 }, { false, 1 } };
	struct log_chunk_header h = { .magic = LOG_CHUNK_MAGIC, .seq = 1 };
	struct reader_bytes b;
	struct reader *r;
	struct err e;
	int fd;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cut); i++) {
		make(path, 40, cut[i].in_order);
		assert_int_equal(reader_open_file(&r, path, &e), 0);
		assert_int_equal(truncate(path, (off_t)(r->file->stream[0].chunk[0].offset +
		                                        sizeof(h) + cut[i].left)),
		                 0);
		assert_int_equal(reader_next(r, 0, &b, &e), -ERR_CHUNK);
		assert_non_null(strstr(e.msg, ": it cannot be read"));
		reader_close(r);
	}
	make(path, 40, false);
	assert_int_equal(reader_open_file(&r, path, &e), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, &h, sizeof(h), (off_t)r->file->stream[0].chunk[0].offset),
	                 sizeof(h));
	close(fd);
	assert_int_equal(reader_next(r, 0, &b, &e), -ERR_CHUNK);
	assert_non_null(strstr(e.msg, ": it changed while the log was read"));
	reader_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_logs),
		cmocka_unit_test(test_damage_is_named),
		cmocka_unit_test(test_bad_config),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_cut_log_bits),
		cmocka_unit_test(test_closing_that_was_killed),
		cmocka_unit_test(test_many_chunks_packed_and_compressed),
		cmocka_unit_test(test_text_and_back),
		cmocka_unit_test(test_old_values),
		cmocka_unit_test(test_oracle_values),
		cmocka_unit_test(test_no_binary_form),
		cmocka_unit_test(test_changes_while_read),
	};

	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
