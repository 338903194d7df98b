// SPDX-License-Identifier: GPL-2.0-only
/* Chunks in memory and in a file: their headers, the full flag, rewind, what closing and failing leave. */
#include "sim/log/write/handover.h"
#include "sim/log/write/log.h"

#include "tests/kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The host as this file wants it: mappings are counted and can be refused, and so can writes.  Not under
 * ThreadSanitizer, which must see each mapping itself.
 */
static int mapped, peak, refuse_after = -1;
static bool refuse_write;

#if !HYPSIM_TSAN
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	if (len == LOG_SLOT_BYTES) {
		if (refuse_after >= 0 && mapped >= refuse_after) {
			errno = ENOMEM;
			return MAP_FAILED;
		}
		mapped++;
		peak = mapped > peak ? mapped : peak;
	}
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

int munmap(void *addr, size_t len)
{
	mapped -= len == LOG_SLOT_BYTES;
	return (int)syscall(SYS_munmap, addr, len);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
	if (refuse_write) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, buf, n, at);
}

#endif

enum { CPUS = 2, HEAD = sizeof(struct log_chunk_header) };

struct fixture {
	struct log_config config;
	struct log *log;
	char path[64];
};

static void make_memory(struct fixture *f, u64 limit)
{
	struct err e;

	log_config_init(&f->config, CPUS);
	assert_int_equal(log_open_memory(&f->log, &f->config, limit, &e), 0);
}

static void make_file(struct fixture *f)
{
	struct err e;

	log_config_init(&f->config, CPUS);
	snprintf(f->path, sizeof(f->path), "test_log_memory.%d", (int)getpid());
	assert_int_equal(log_open_file(&f->log, &f->config, f->path, &e), 0);
}

static void unmake(struct fixture *f)
{
	int free_fd = dup(0);

	close(free_fd);
	log_free(f->log);
	log_config_free(&f->config);
	/* Nothing stays mapped or open, and what is not the log's stays open. */
	assert_int_equal(mapped, 0);
	assert_true(fcntl(0, F_GETFD) >= 0);
	if (*f->path)
		assert_true(free_fd > 3 && fcntl(free_fd - 1, F_GETFD) < 0);
	if (*f->path)
		unlink(f->path);
}

/* Write HOLD_LOCKs on CPU @cpu until its chunk number is @seq; the bytes written. */
static u64 write_until(struct fixture *f, u32 cpu, u64 seq)
{
	struct log_writer *w = log_writer(f->log, cpu);
	u64 bytes = 0;

	while (w->chunk->seq < seq) {
		u32 lk = CORE_ID + bytes % 3;

		bytes += lk == place_lk(w->place) ? 1 : 2;
		log_hold_lock(w, lk);
	}
	return bytes;
}

static void chunk_is_good(const struct log_chunk_header *h, u32 cpu, u64 seq, bool filled)
{
	const u8 *records = (const u8 *)(h + 1);

	assert_int_equal(h->magic, LOG_CHUNK_MAGIC);
	assert_int_equal(h->cpu, cpu);
	assert_int_equal(h->flags & ~CHUNK_LOST, CHUNK_CLOSED);
	assert_true(h->seq == seq);
	assert_int_equal(h->record_bytes, h->stored_bytes);
	assert_true(h->checksum == log_chunk_checksum(h, records));
	for (u32 i = 0; i < sizeof(h->reserved); i++)
		assert_int_equal(h->reserved[i], 0);
	/* Full means: no room for one more record of eight bytes and the 0 that ends them. */
	if (filled)
		assert_in_range(h->record_bytes, LOG_SLOT_BYTES - HEAD - 8,
		                LOG_SLOT_BYTES - HEAD - 1);
	assert_int_equal(records[h->record_bytes], 0);
}

/* A stream in memory is a list of chunks: numbered, closed with a checksum, every byte counted. */
static void memory_chunks(void **state)
{
	struct fixture f = { 0 };
	u64 bytes, sum = 0;
	struct err e;

	(void)state;
	make_memory(&f, 1ull << 30);
	assert_true(log_bytes(f.log) == 0);
	bytes = write_until(&f, 1, 40);
	log_hold_lock(log_writer(f.log, 1), CORE_ID);
	bytes += log_chunk_bytes(log_writer(f.log, 1));
	assert_true(log_bytes(f.log) == bytes);
	assert_false(flag_get(&f.log->slots.full));
	assert_int_equal(f.log->chunks[0].n, 1);
	assert_int_equal(f.log->chunks[1].n, 41);
	for (u32 i = 0; i < 40; i++)
		chunk_is_good(f.log->chunks[1].v[i], 1, i, true);
	assert_int_equal(log_close(f.log, true, &e), 0);
	assert_false(log_on(log_writer(f.log, 0)));
	assert_false(log_on(log_writer(f.log, 1)));
	chunk_is_good(f.log->chunks[0].v[0], 0, 0, false);
	chunk_is_good(f.log->chunks[1].v[40], 1, 40, false);
	/* A CLOSE mark is two bytes. */
	assert_int_equal(f.log->chunks[0].v[0]->record_bytes, 2);
	assert_memory_equal(f.log->chunks[0].v[0] + 1, "\x0c\x06", 2);
	for (u32 i = 0; i < 41; i++)
		sum += f.log->chunks[1].v[i]->record_bytes;
	assert_true(log_bytes(f.log) == sum + 2);
	assert_true(sum == bytes + 2);
	unmake(&f);
}

/* Records of eight bytes stay within their chunk, wherever in it they fall. */
static void long_records(void **state)
{
	(void)state;
	for (u32 shift = 0; shift < 8; shift++) {
		const u64 args[MAX_MARK_ARGS] = { ~0ull >> 15 };
		struct fixture f = { 0 };

		make_memory(&f, 1ull << 30);
		for (u32 i = 0; i < shift; i++)
			log_put(log_writer(f.log, 0), OP_BARRIER, 1);
		while (log_writer(f.log, 0)->chunk->seq < 2)
			log_mark(log_writer(f.log, 0), MARK_BEGIN, 1, args);
		chunk_is_good(f.log->chunks[0].v[0], 0, 0, true);
		chunk_is_good(f.log->chunks[0].v[1], 0, 1, true);
		unmake(&f);
	}
}

/* The chunk with which the limit is reached sets the flag; rewinding forgets the chunks and goes on. */
static void full_and_rewind(void **state)
{
	struct fixture f = { 0 };
	struct log_writer *w;
	u64 bytes;

	(void)state;
	make_memory(&f, 4ull * LOG_SLOT_BYTES);
	for (u32 round = 0; round < 3; round++) {
		u64 seq0 = log_writer(f.log, 0)->chunk->seq,
		    seq1 = log_writer(f.log, 1)->chunk->seq;

		write_until(&f, 0, seq0 + 1);
		assert_false(flag_get(&f.log->slots.full));
		write_until(&f, 1, seq1 + 1);
		assert_true(flag_get(&f.log->slots.full));
		write_until(&f, 1, seq1 + 2);
		log_hold_lock(log_writer(f.log, 0), CORE_ID);
		bytes = log_bytes(f.log);
		log_rewind(f.log);
		assert_false(flag_get(&f.log->slots.full));
		assert_true(log_bytes(f.log) == bytes);
		assert_true(log_writer(f.log, 0)->chunk->seq == seq0 + 2);
		assert_true(log_writer(f.log, 1)->chunk->seq == seq1 + 3);
		for (u32 c = 0; c < CPUS; c++) {
			const u8 *p;

			w = log_writer(f.log, c);
			assert_int_equal(f.log->chunks[c].n, 1);
			assert_ptr_equal(f.log->chunks[c].v[0], w->chunk);
			assert_ptr_equal(log_cur(w), w->chunk + 1);
			assert_int_equal(w->chunk->flags, 0);
			for (p = log_cur(w); p < (u8 *)w->chunk + LOG_SLOT_BYTES; p++)
				if (*p)
					fail();
		}
	}
	unmake(&f);
}

/* A log that is off takes nothing, and closing it is nothing. */
static void off(void **state)
{
	struct fixture f = { 0 };
	struct err e;

	(void)state;
	log_config_init(&f.config, CPUS);
	assert_int_equal(log_open_off(&f.log, &f.config, &e), 0);
	for (u32 c = 0; c < CPUS; c++)
		assert_false(log_on(log_writer(f.log, c)));
	assert_true(log_bytes(f.log) == 0);
	assert_int_equal(log_close(f.log, true, &e), 0);
	unmake(&f);
	log_free(NULL);
}

/* The bytes of a file: header, configuration, and the chunks in slots in the order they were begun. */
static void file_bytes(void **state)
{
	static u8 slot[LOG_SLOT_BYTES];

	(void)state;
	for (u32 in_order = 0; in_order < 2; in_order++) {
		struct log_chunk_header *c = (struct log_chunk_header *)(void *)slot;
		struct fixture f = { 0 };
		struct log_file_header h;
		struct stat st;
		struct err e;
		char *json;
		int fd;

		make_file(&f);
		write_until(&f, 1, 2);
		assert_int_equal(log_close(f.log, in_order, &e), 0);
		fd = open(f.path, O_RDONLY);
		assert_int_equal(pread(fd, &h, sizeof(h), 0), sizeof(h));
		assert_memory_equal(h.magic, LOG_FILE_MAGIC, 8);
		assert_int_equal(h.version, LOG_VERSION);
		assert_int_equal(h.header_bytes, LOG_HEADER_BYTES);
		assert_int_equal(h.slot_bytes, LOG_SLOT_BYTES);
		assert_true(h.checksum == log_header_checksum(&h));
		json = log_config_to_json(&f.config);
		assert_int_equal(h.config_bytes, strlen(json));
		assert_int_equal(pread(fd, slot, h.config_bytes, sizeof(h)), h.config_bytes);
		assert_memory_equal(slot, json, h.config_bytes);
		free(json);
		assert_int_equal(h.closed.magic, in_order ? LOG_CLOSED_MAGIC : 0);
		assert_true(h.closed.n_chunks == (in_order ? 4 : 0));
		assert_true(h.closed.checksum == (in_order ? log_closed_checksum(&h.closed) : 0));
		assert_int_equal(fstat(fd, &st), 0);
		assert_true(st.st_size == LOG_HEADER_BYTES + 4ll * LOG_SLOT_BYTES);
		for (u32 i = 0; i < 4; i++) {
			assert_int_equal(pread(fd, slot, sizeof(slot),
			                       LOG_HEADER_BYTES + (off_t)i * LOG_SLOT_BYTES),
			                 sizeof(slot));
			chunk_is_good(c, i > 0, i ? i - 1 : 0, i == 1 || i == 2);
			if (i == 0)
				assert_int_equal(c->record_bytes, in_order ? 2 : 0);
		}
		close(fd);
		unmake(&f);
	}
}

/* No room for another chunk: the first error is kept, the streams are cut where they were whole, nobody crashes. */
static void no_room(void **state)
{
	static u8 slot[LOG_SLOT_BYTES];
	struct rlimit old, small;
	struct fixture f = { 0 };
	struct stat st;
	struct err e;
	char text[128];
	int fd;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = LOG_HEADER_BYTES + 3ll * LOG_SLOT_BYTES;
	setrlimit(RLIMIT_FSIZE, &small);
	make_file(&f);
	write_until(&f, 1, 1);
	assert_false(flag_get(&f.log->slots.failed));
	for (u32 i = 0; i < 2000000; i++)
		log_hold_lock(log_writer(f.log, i & 1), CORE_ID);
	setrlimit(RLIMIT_FSIZE, &old);
	/* There is room again: a stream that was cut stays cut. */
	for (u32 i = 0; i < 1000000; i++)
		log_hold_lock(log_writer(f.log, i & 1), CORE_ID);
	assert_true(flag_get(&f.log->slots.failed));
	assert_int_equal(f.log->slots.error.code, ERR_DISK);
	snprintf(text, sizeof(text), "%s: cannot reserve a chunk", f.path);
	assert_memory_equal(f.log->slots.error.msg, text, strlen(text));
	assert_int_equal(log_close(f.log, true, &e), -ERR_DISK);
	assert_string_equal(e.msg, f.log->slots.error.msg);
	fd = open(f.path, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size == LOG_HEADER_BYTES + 3ll * LOG_SLOT_BYTES);
	for (u32 i = 0; i < 3; i++) {
		struct log_chunk_header *c = (struct log_chunk_header *)(void *)slot;

		assert_int_equal(
			pread(fd, slot, sizeof(slot), LOG_HEADER_BYTES + (off_t)i * LOG_SLOT_BYTES),
			sizeof(slot));
		assert_int_equal(c->magic, LOG_CHUNK_MAGIC);
		chunk_is_good(c, i > 0, i ? i - 1 : 0, true);
		/* The last one of each stream says that more was done. */
		assert_int_equal(c->flags & CHUNK_LOST, i == 1 ? 0 : CHUNK_LOST);
	}
	close(fd);
	unmake(&f);
}

/* A path that cannot be opened, and no room for a first chunk of each CPU. */
static void cannot_open(void **state)
{
	struct rlimit old, small;
	struct log_config config;
	struct log *log = NULL;
	struct err e;

	(void)state;
	log_config_init(&config, CPUS);
	assert_int_equal(log_open_file(&log, &config, "no/such/folder/log", &e), -ERR_OPEN);
	assert_null(log);
	assert_non_null(strstr(e.msg, "no/such/folder/log"));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	for (u32 room = 0; room < 2; room++) {
		small = old;
		e = (struct err){ 0 };
		small.rlim_cur = room ? LOG_HEADER_BYTES + LOG_SLOT_BYTES : 100;
		setrlimit(RLIMIT_FSIZE, &small);
		assert_int_equal(log_open_file(&log, &config, "test_log_memory.none", &e),
		                 -ERR_DISK);
		setrlimit(RLIMIT_FSIZE, &old);
		assert_null(log);
		assert_non_null(strstr(e.msg, "test_log_memory.none"));
		assert_non_null(strstr(e.msg, room ? "cannot reserve" : "write the header"));
		assert_int_equal(mapped, 0);
	}
	unlink("test_log_memory.none");
	log_config_free(&config);
}

/* No memory: at opening an error, later the stream is cut and goes round where nobody reads. */
static void no_memory(void **state)
{
	struct fixture f = { 0 };
	struct log *log = NULL;
	struct err e = { 0 };

	(void)state;
	if (HYPSIM_TSAN)
		skip();
	log_config_init(&f.config, CPUS);
	for (int room = 0; room < 2 * CPUS; room++) {
		refuse_after = room;
		assert_int_equal(log_open_memory(&log, &f.config, 1 << 30, &e), -ERR_MEMORY);
		assert_null(log);
		assert_non_null(strstr(e.msg, "log in memory: a chunk"));
		assert_int_equal(mapped, 0);
		e = (struct err){ 0 };
	}
	log_config_free(&f.config);
	for (u32 rewound = 0; rewound < 2; rewound++) {
		struct log_chunk_header *scratch;

		refuse_after = -1;
		make_memory(&f, 1 << 30);
		scratch = f.log->chunks[1].v[1];
		write_until(&f, 1, 2);
		if (rewound)
			log_rewind(f.log);
		refuse_after = mapped;
		for (u32 i = 0; i < 2000000; i++)
			log_hold_lock(log_writer(f.log, 1), CORE_ID);
		assert_true(flag_get(&f.log->slots.failed));
		assert_int_equal(f.log->slots.error.code, ERR_MEMORY);
		assert_int_equal(f.log->chunks[1].n, rewound ? 1 : 3);
		assert_ptr_equal(log_writer(f.log, 1)->chunk, scratch);
		assert_int_equal(log_close(f.log, true, &e), -ERR_MEMORY);
		unmake(&f);
	}
	refuse_after = -1;
}

/* A file of any length takes two mappings a CPU; a mapping or the closing write that fails is an error of the log. */
static void file_host(void **state)
{
	struct fixture f = { 0 };
	struct err e = { 0 };

	(void)state;
	if (HYPSIM_TSAN)
		skip();
	peak = 0;
	make_file(&f);
	write_until(&f, 1, 20);
	assert_in_range(peak, 2 * CPUS, 2 * CPUS + 1);
	refuse_write = true;
	assert_int_equal(log_close(f.log, true, &e), -ERR_DISK);
	refuse_write = false;
	assert_non_null(strstr(e.msg, "cannot close"));
	unmake(&f);
	make_file(&f);
	refuse_after = mapped;
	for (u32 i = 0; i < 1000000; i++)
		log_hold_lock(log_writer(f.log, 1), CORE_ID);
	refuse_after = -1;
	assert_true(flag_get(&f.log->slots.failed));
	assert_int_equal(f.log->slots.error.code, ERR_DISK);
	assert_non_null(strstr(f.log->slots.error.msg, "cannot map a chunk"));
	unmake(&f);
}

/* Of two errors the first one stays. */
static void first_error_stays(void **state)
{
	struct fixture f = { 0 };
	struct err e;

	(void)state;
	make_memory(&f, 1 << 30);
	log_slots_fail(&f.log->slots, ERR_DISK, "the first", ENOSPC);
	log_slots_fail(&f.log->slots, ERR_MEMORY, "the second", ENOMEM);
	assert_true(flag_get(&f.log->slots.failed));
	assert_int_equal(log_close(f.log, true, &e), -ERR_DISK);
	assert_string_equal(e.msg, "log in memory: the first: No space left on device");
	unmake(&f);
}

/* When the log has failed, a CPU that is still in a good chunk closes it; what it writes from then on goes elsewhere. */
static void failed_keeps_what_is_whole(void **state)
{
	struct fixture f = { 0 };
	struct log_chunk_header h;
	u64 number = 77;
	u8 was[16], is[16];

	(void)state;
	make_file(&f);
	log_mark(log_writer(f.log, 0), MARK_BEGIN, 1, &number);
	memcpy(was, log_writer(f.log, 0)->chunk + 1, sizeof(was));
	flag_set(&f.log->slots.failed);
	for (u32 i = 0; i < 1000000; i++)
		log_hold_lock(log_writer(f.log, 0), CORE_ID);
	assert_int_equal(pread(f.log->slots.fd, &h, sizeof(h), (off_t)f.log->slots.header_bytes),
	                 sizeof(h));
	assert_int_equal(pread(f.log->slots.fd, is, sizeof(is),
	                       (off_t)(f.log->slots.header_bytes + sizeof(h))),
	                 sizeof(is));
	assert_int_equal(h.flags, CHUNK_CLOSED | CHUNK_LOST);
	assert_int_equal(h.cpu, 0);
	assert_memory_equal(is, was, 3); /* the mark, its argument */
	/* and is not counted, however much it is */
	assert_true(log_bytes(f.log) < 2 * LOG_SLOT_BYTES);
	f.log->slots.error.code = ERR_DISK;
	unmake(&f);
}

/* Chunks that were handed over and never read go with the log. */
static void handed_over_and_not_read(void **state)
{
	struct fixture f = { 0 };
	struct err e;

	(void)state;
	make_memory(&f, ~0ull);
	assert_int_equal(log_start_handover(f.log, ~0ull, &e), 0);
	write_until(&f, 0, 2);
	write_until(&f, 1, 1);
	unmake(&f);
}

/* Every field before it, and every stored byte, is in a checksum. */
static void checksums(void **state)
{
	struct log_chunk_header c = { .magic = LOG_CHUNK_MAGIC, .stored_bytes = 4 };
	struct log_file_header h = { .version = LOG_VERSION };
	struct log_closed d = { .n_chunks = 1 };
	u8 *chunk = (u8 *)&c, *head = (u8 *)&h, *closed = (u8 *)&d, bytes[16] = { 1, 2, 3, 4 };
	u64 sum = log_chunk_checksum(&c, bytes);

	(void)state;
	for (u32 i = 0; i < 4; i++) {
		bytes[i] ^= 1;
		assert_true(log_chunk_checksum(&c, bytes) != sum);
		bytes[i] ^= 1;
	}
	for (u32 i = 0; i < offsetof(struct log_chunk_header, checksum); i++) {
		chunk[i] ^= 0x01;
		if (c.stored_bytes <= sizeof(bytes))
			assert_true(log_chunk_checksum(&c, bytes) != sum);
		chunk[i] ^= 0x01;
	}
	sum = log_header_checksum(&h);
	for (u32 i = 0; i < offsetof(struct log_file_header, checksum); i++) {
		head[i] ^= 0x10;
		assert_true(log_header_checksum(&h) != sum);
		head[i] ^= 0x10;
	}
	sum = log_closed_checksum(&d);
	for (u32 i = 0; i < offsetof(struct log_closed, checksum); i++) {
		closed[i] ^= 0x10;
		assert_true(log_closed_checksum(&d) != sum);
		closed[i] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_chunks),
		cmocka_unit_test(long_records),
		cmocka_unit_test(full_and_rewind),
		cmocka_unit_test(off),
		cmocka_unit_test(file_bytes),
		cmocka_unit_test(no_room),
		cmocka_unit_test(cannot_open),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(file_host),
		cmocka_unit_test(failed_keeps_what_is_whole),
		cmocka_unit_test(first_error_stays),
		cmocka_unit_test(checksums),
		cmocka_unit_test(handed_over_and_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
