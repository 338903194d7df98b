// SPDX-License-Identifier: GPL-2.0-only
/* Chunks made ahead: who makes them does not show in the log, and nothing of them is left behind. */
#include "sim/log/write/log.h"

#include "sim/log/read/reader.h"
#include "tests/kit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CPUS = 3, CHUNKS = 5, WAIT_MS = 100000 };

/* Mappings of a chunk's length that there are; that the test's thread made; that others made. */
static u32 mapped, made_here, made_ahead;
static bool slow, refuse, no_populate;
static pthread_t here;

/* The host as this file wants it; not under ThreadSanitizer, which must see each mapping itself. */
#if !HYPSIM_TSAN
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	if (len == LOG_SLOT_BYTES) {
		bool own = pthread_equal(pthread_self(), here);

		if (!own && slow)
			usleep(2000);
		if (!own && __atomic_load_n(&refuse, __ATOMIC_RELAXED)) {
			errno = ENOMEM;
			return MAP_FAILED;
		}
		__atomic_fetch_add(&mapped, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(own ? &made_here : &made_ahead, 1, __ATOMIC_RELAXED);
	}
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

int munmap(void *addr, size_t len)
{
	if (len == LOG_SLOT_BYTES)
		__atomic_fetch_sub(&mapped, 1, __ATOMIC_RELAXED);
	return (int)syscall(SYS_munmap, addr, len);
}

int madvise(void *addr, size_t len, int advice)
{
	if (no_populate) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_madvise, addr, len, advice);
}
#endif

struct fixture {
	struct log_config config;
	struct log *log;
	char path[64];
	u64 bytes[CPUS];
};

static void make(struct fixture *f, enum log_kind kind)
{
	struct err e;

	here = pthread_self();
	memset(f, 0, sizeof(*f));
	log_config_init(&f->config, CPUS);
	snprintf(f->path, sizeof(f->path), "test_supply.%d", (int)getpid());
	if (kind == LOG_FILE)
		assert_int_equal(log_open_file(&f->log, &f->config, f->path, &e), 0);
	else
		assert_int_equal(log_open_memory(&f->log, &f->config, ~0ull, &e), 0);
	log_supply_start(&f->log->supply);
}

static void unmake(struct fixture *f)
{
	log_free(f->log);
	log_config_free(&f->config);
	unlink(f->path);
	assert_int_equal(mapped, 0);
	slow = refuse = no_populate = false;
}

/* A record by CPU @cpu that says how many it has written. */
static void put(struct fixture *f, u32 cpu)
{
	u64 n = f->bytes[cpu]++;

	log_put(log_writer(f->log, cpu), OP_BARRIER | (n & 1) << 4, 1);
}

/* Write on CPU @cpu until it is in chunk @seq. */
static void write_to(struct fixture *f, u32 cpu, u64 seq)
{
	while (log_writer(f->log, cpu)->chunk->seq < seq)
		put(f, cpu);
}

/* The log's streams are what was written, in chunks one behind the other. */
static void read_back(struct fixture *f)
{
	struct reader *r = NULL;
	struct err e;

	if (f->log->slots.kind == LOG_FILE) {
		assert_int_equal(reader_open_file(&r, f->path, &e), 0);
		assert_null(reader_damage(r));
		assert_true(r->file->n_chunks == f->log->slots.next_slot);
	} else {
		r = reader_open_memory(log_in_memory(f->log));
	}
	for (u32 c = 0; c < CPUS; c++) {
		struct reader_bytes b;
		u64 n = 0;

		while (reader_next(r, c, &b, &e) > 0)
			for (const u8 *p = b.cur; p < b.end; p++, n++)
				if (n < f->bytes[c])
					assert_int_equal(*p, OP_BARRIER | (n & 1) << 4);
		/* and the mark CLOSE */
		assert_true(n == f->bytes[c] + 2);
	}
	reader_close(r);
}

/* The same log whether the thread is in time, always late, or must touch each page itself. */
static void same_log(void **state)
{
	(void)state;
	for (u32 i = 0; i < 6; i++) {
		struct fixture f;
		struct err e;

		slow = i / 2 == 1;
		no_populate = i / 2 == 2;
		make(&f, i % 2 ? LOG_FILE : LOG_MEMORY);
		for (u32 seq = 1; seq <= CHUNKS; seq++)
			for (u32 c = 0; c < CPUS; c++)
				write_to(&f, c, seq * (c + 1) / CPUS);
		log_supply_stop(&f.log->supply);
		assert_int_equal(log_close(f.log, true, &e), 0);
		read_back(&f);
		unmake(&f);
	}
}

/* Wait until more than @n chunks were made ahead. */
static void wait_for_ahead(u32 n)
{
	for (u32 ms = 0; __atomic_load_n(&made_ahead, __ATOMIC_RELAXED) <= n && ms < WAIT_MS; ms++)
		usleep(1000);
	assert_true(__atomic_load_n(&made_ahead, __ATOMIC_RELAXED) > n);
}

/* A CPU that comes when its next chunk is ready makes none. */
static void is_ready(void **state)
{
	struct fixture f;
	struct err e;

	(void)state;
	if (HYPSIM_TSAN || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	for (u32 i = 0; i < 2; i++) {
		u32 got = 0;

		make(&f, i ? LOG_FILE : LOG_MEMORY);
		/* it may be mapped and not yet handed over: not every time */
		for (u64 seq = 1; seq < 30 && !got; seq++) {
			u32 own = made_here, ahead = made_ahead;

			write_to(&f, 1, seq);
			got += seq > 1 && made_here == own;
			wait_for_ahead(ahead);
		}
		assert_int_equal(got, 1);
		log_supply_stop(&f.log->supply);
		assert_int_equal(log_close(f.log, true, &e), 0);
		read_back(&f);
		unmake(&f);
	}
}

/* A chunk that cannot be made ahead is an error of the log, as one that a CPU makes. */
static void no_memory(void **state)
{
	struct fixture f;
	struct err e;

	(void)state;
	if (HYPSIM_TSAN || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	for (u32 i = 0; i < 2; i++) {
		make(&f, i ? LOG_FILE : LOG_MEMORY);
		__atomic_store_n(&refuse, true, __ATOMIC_RELAXED);
		write_to(&f, 2, 1);
		for (u32 ms = 0; !flag_get(&f.log->slots.failed) && ms < WAIT_MS; ms++)
			usleep(1000);
		assert_true(flag_get(&f.log->slots.failed));
		log_supply_stop(&f.log->supply);
		assert_int_equal(log_close(f.log, true, &e), -(int)(i ? ERR_DISK : ERR_MEMORY));
		unmake(&f);
	}
}

/* A log that is off has no supply; starting twice and stopping twice are nothing. */
static void twice(void **state)
{
	struct log_config config;
	struct log *off;
	struct fixture f;
	struct err e;

	(void)state;
	log_config_init(&config, CPUS);
	assert_int_equal(log_open_off(&off, &config, &e), 0);
	log_supply_start(&off->supply);
	assert_null(off->supply.thread);
	log_supply_stop(&off->supply);
	log_free(off);
	log_config_free(&config);
	make(&f, LOG_MEMORY);
	log_supply_start(&f.log->supply);
	log_supply_stop(&f.log->supply);
	log_supply_stop(&f.log->supply);
	assert_null(f.log->supply.thread);
	unmake(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_log),
		cmocka_unit_test(is_ready),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
