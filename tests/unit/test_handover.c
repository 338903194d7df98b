// SPDX-License-Identifier: GPL-2.0-only

/* What the CPUs of a run hand over, as their one reader sees it. */
#include "sim/log/read/reader.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

enum { CPUS = 2 };

static struct log_config config;
static struct log *log_;
static struct reader *reader;

static int setup(void **state)
{
	struct err e;

	(void)state;
	log_config_init(&config, CPUS);
	if (log_open_memory(&log_, &config, ~0ull, &e) < 0 ||
	    log_start_handover(log_, ~0ull, &e) < 0)
		return -1;
	reader = reader_open_live(log_live(log_));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	reader_close(reader);
	log_free(log_);
	log_config_free(&config);
	return 0;
}

/* One record of 5 bytes that names @n. */
static void put(u32 cpu, u32 n)
{
	log_set_bound(log_writer(log_, cpu), n);
	log_handover_give(log_writer(log_, cpu));
}

/* The next portion of @cpu in @r is the record that names @n. */
static void assert_next(struct reader *r, u32 cpu, u32 n)
{
	struct reader_bytes b;
	struct err e;

	assert_int_equal(reader_next(r, cpu, &b, &e), 1);
	assert_int_equal(b.end - b.cur, 5);
	assert_int_equal(b.cur[0], OP_SET | SET_BOUND << 4);
	assert_int_equal(b.cur[1], n);
}

static void assert_none(struct reader *r, u32 cpu)
{
	struct reader_bytes b;
	struct err e;

	assert_int_equal(reader_next(r, cpu, &b, &e), 0);
}

static void test_each_cpu_in_order(void **state)
{
	(void)state;
	put(0, 1);
	put(1, 2);
	put(0, 3);
	assert_next(reader, 1, 2);
	assert_none(reader, 1);
	assert_next(reader, 0, 1);
	put(0, 4);
	assert_next(reader, 0, 3);
	assert_next(reader, 0, 4);
	assert_none(reader, 0);
}

/* What was read takes no room: however long a run is, the list of what waits is as long as what waited at once. */
static void test_room_is_used_again(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		put(0, i % 100);
		put(0, 100);
		assert_next(reader, 0, i % 100);
		assert_next(reader, 0, 100);
	}
	assert_true(reader->cpu[0].cap_portions < 100);
}

static void test_bytes_are_counted(void **state)
{
	(void)state;
	put(0, 1);
	put(1, 2);
	assert_next(reader, 0, 1);
	assert_int_equal(reader->bytes, 5);
	assert_next(reader, 1, 2);
	assert_int_equal(reader->bytes, 10);
	assert_int_equal(reader->stored_bytes, 10);
}

/* A reader that looks ahead sees what is there and takes nothing away. */
static void test_ahead(void **state)
{
	struct reader *a;

	(void)state;
	for (u32 i = 1; i < 5; i++)
		put(0, i);
	put(1, 9);
	assert_next(reader, 0, 1);
	a = reader_ahead(reader, 0);
	assert_next(a, 0, 2);
	assert_next(a, 0, 3);
	assert_next(a, 0, 4);
	assert_none(a, 0);
	reader_close(a);
	assert_int_equal(reader->bytes, 5);
	assert_next(reader, 0, 2);
	assert_next(reader, 1, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_each_cpu_in_order),
		T(test_room_is_used_again),
		T(test_bytes_are_counted),
		T(test_ahead),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
