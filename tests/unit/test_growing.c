// SPDX-License-Identifier: GPL-2.0-only

/* A log file that is read while it grows: each record once, wherever a look finds the end of its stream. */
#include "sim/log/text/open.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[64];
static struct log *l;
static struct log_source *s;
static u64 tickets;

static int setup(void **state)
{
	struct log_config config;
	struct err e;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/hypsim-growing-XXXXXX");
	close(mkstemp(path));
	log_config_init(&config, 2);
	tickets = 0;
	if (log_open_file(&l, &config, path, &e) < 0)
		return -1;
	return log_open_follow(path, &s, &e);
}

static int teardown(void **state)
{
	(void)state;
	s->close(s);
	log_free(l);
	return unlink(path);
}

/* CPU 0 takes lock 1 so often, and passes it on. */
static void sections(u32 n)
{
	struct log_writer *w = log_writer(l, 0);

	for (; n > 0; n--, tickets++) {
		log_acquire(w, 1, word_make((u32)tickets, (u32)tickets), 10);
		log_inc_now(w, 1, word_make((u32)tickets + 1, (u32)tickets));
	}
}

/* All that the source gives now: in so many sections. */
static void assert_sections(u64 want)
{
	struct event ev[64];
	u64 passed = 0;
	struct err e;
	u32 n;

	do {
		assert_int_equal(s->next(s, ev, 64, &n, &e), 0);
		for (u32 i = 0; i < n; i++)
			passed += ev[i].kind == EV_INC_NOW;
	} while (n);
	assert_int_equal(passed, want);
}

/* Each look finds the stream's last chunk with more records, or as it was, or begun and empty. */
static void test_first_chunk(void **state)
{
	(void)state;
	assert_sections(0);
	assert_true(log_poll(s));
	assert_sections(0);
	sections(3);
	assert_true(log_poll(s));
	assert_sections(3);
	assert_true(log_poll(s));
	assert_sections(0);
	sections(2);
	assert_true(log_poll(s));
	assert_sections(2);
}

static void test_next_chunk_is_empty(void **state)
{
	struct log_writer *w = log_writer(l, 0);
	const struct log_chunk_header *first = w->chunk;
	u64 before;

	(void)state;
	while (log_chunk_bytes(w) + 64 < LOG_SLOT_BYTES - sizeof(*first))
		sections(1);
	before = tickets;
	assert_true(log_poll(s));
	assert_sections(before);
	w->next_chunk(w);
	assert_true(w->chunk != first);
	for (u32 i = 0; i < 2; i++) {
		assert_true(log_poll(s));
		assert_sections(0);
	}
	sections(3);
	assert_true(log_poll(s));
	assert_sections(3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_chunk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_next_chunk_is_empty, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
