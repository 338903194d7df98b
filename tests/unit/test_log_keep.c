// SPDX-License-Identifier: GPL-2.0-only
/* A log that goes back to a place that was kept is the log in which nothing was written behind it, to the last byte. */
#include "sim/base/rng.h"
#include "sim/log/write/keep.h"
#include "tests/kit.h"

#include <string.h>

enum { CPUS = 2 };

static struct log_config config;
static struct log *l, *straight;
static struct log_keep *keep;

static int setup(void **state)
{
	struct err e;

	(void)state;
	log_config_init(&config, CPUS);
	assert_int_equal(log_open_memory(&l, &config, 1ull << 30, &e), 0);
	assert_int_equal(log_open_memory(&straight, &config, 1ull << 30, &e), 0);
	assert_int_equal(log_keep_new(&keep, l, &e), 0);
	assert_true(log_run_begin(straight));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	log_keep_free(keep);
	log_free(l);
	log_free(straight);
	log_config_free(&config);
	return 0;
}

/* A record of 1 to 8 bytes, or some that belong together. */
static void put(struct log_writer *w, u64 x)
{
	const u64 args[] = { x, x >> 7, x >> 13, x >> 21 };
	u32 lk = 1 + (u32)(x >> 8) % (ID_END - 1);

	switch (x % 7) {
	case 0:
		log_mark(w, MARK_OP, 4, args);
		break;
	case 1:
		log_diff(w, lk, 0, x >> 40, 1 + (x >> 20) % 3, x << 3);
		break;
	case 2:
		log_opull(w, lk, lk, x);
		break;
	case 3:
		log_push(w, lk, event_push_of(lk), x, false);
		break;
	case 4:
		log_acquire(w, lk, x, (u32)(x >> 30) % 3);
		break;
	case 5:
		/* MORE records of eight bytes: all that stood behind stays in sight. */
		log_push(w, lk, event_push_of(lk), x, true);
		break;
	default:
		log_barrier(w);
		log_inc_now(w, lk, x >> 9);
	}
}

static void write_some(struct log *to, u32 cpu, u64 seed, u64 n)
{
	struct rng r = { seed };

	while (n-- > 0)
		put(log_writer(to, cpu), rng_next(&r));
}

static void assert_equal_streams(u32 cpu)
{
	const struct log_chunks *a = &l->chunks[cpu], *b = &straight->chunks[cpu];
	const struct log_writer *v = log_writer(l, cpu), *w = log_writer(straight, cpu);

	assert_int_equal(a->n, b->n);
	for (u32 i = 0; i < a->n; i++)
		assert_int_equal(memcmp(a->v[i], b->v[i], LOG_SLOT_BYTES), 0);
	assert_ptr_equal(v->chunk, a->v[a->n - 1]);
	assert_int_equal(v->place, w->place);
	assert_int_equal(v->seq, w->seq);
	assert_int_equal(v->bytes, w->bytes);
	assert_int_equal(v->bound, w->bound);
	assert_memory_equal(v->n_push, w->n_push, sizeof(v->n_push));
	assert_memory_equal(v->known, w->known, sizeof(v->known));
}

static void assert_equal_logs(void)
{
	for (u32 cpu = 0; cpu < CPUS; cpu++)
		assert_equal_streams(cpu);
	assert_int_equal(l->slots.used_bytes, straight->slots.used_bytes);
	assert_int_equal(log_bytes(l), log_bytes(straight));
}

/* Some records, or as many as fill chunks. */
static u64 amount(struct rng *r)
{
	return rng_below(r, 4) ? rng_below(r, 200) : rng_below(r, 120000);
}

static void behind_it_is_nothing(void **state)
{
	struct rng r = { test_seed(1) };

	(void)state;
	for (u32 i = 0; i < 60; i++) {
		u32 cpu = (u32)rng_below(&r, CPUS);
		u64 seed = rng_next(&r), n = amount(&r);

		for (u32 j = 0; j < 1 + rng_below(&r, 3); j++) {
			write_some(l, (u32)rng_below(&r, CPUS), rng_next(&r), amount(&r));
			log_keep_return(keep);
			assert_equal_logs();
		}
		write_some(l, cpu, seed, n);
		write_some(straight, cpu, seed, n);
		assert_equal_logs();
		log_keep_here(keep);
	}
	assert_true(l->chunks[0].n > 2);
}

/* However often a chunk is begun and given back, there is one ready, and no other. */
static void does_not_grow(void **state)
{
	u64 used;

	(void)state;
	while (place_at(log_writer(l, 0)->place) < LOG_SLOT_BYTES - 500)
		put(log_writer(l, 0), 7 * 12345 + 4);
	log_keep_here(keep);
	used = l->slots.used_bytes;
	for (u32 i = 0; i < 100; i++) {
		struct log_chunk_header *ready = l->supply.spare[0];

		write_some(l, 0, i, i % 10 ? 300 : 70000);
		assert_true(l->chunks[0].n > 1);
		if (i > 0)
			assert_ptr_equal(l->chunks[0].v[1], ready);
		assert_null(l->supply.spare[0]);
		log_keep_return(keep);
		assert_non_null(l->supply.spare[0]);
		assert_int_equal(l->chunks[0].n, 1);
		assert_int_equal(l->slots.used_bytes, used);
	}
}

/* The run's own stream goes back as well, and so does the episode that it was about. */
static void the_run_too(void **state)
{
	const u64 args[] = { 1, 2 };
	struct log_writer *run = log_run_writer(l, 3);
	u64 at = run->place;

	(void)state;
	log_keep_here(keep);
	log_mark(log_run_writer(l, 4), MARK_STALL, 2, args);
	assert_int_equal(l->run_episode, 4);
	assert_true(run->place != at);
	log_keep_return(keep);
	assert_int_equal(l->run_episode, 3);
	assert_int_equal(run->place, at);
	assert_int_equal(*log_cur(run), 0);
	/* Nothing more is said of an episode that was begun at the place. */
	assert_ptr_equal(log_run_writer(l, 3), run);
	assert_int_equal(run->place, at);
}

/* The CPUs are asked to meet when the log is full; behind an undo it is not. */
static void full_is_undone(void **state)
{
	(void)state;
	l->slots.limit_bytes = l->slots.used_bytes + LOG_SLOT_BYTES;
	write_some(l, 1, 1, 100000);
	assert_true(flag_get(&l->slots.full));
	log_keep_return(keep);
	assert_false(flag_get(&l->slots.full));
}

/* What a log that has failed has written stays. */
static void failed_stays(void **state)
{
	u64 at;

	(void)state;
	write_some(l, 1, 1, 100);
	at = log_writer(l, 1)->place;
	flag_set(&l->slots.failed);
	log_keep_return(keep);
	assert_int_equal(log_writer(l, 1)->place, at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(behind_it_is_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(does_not_grow, setup, teardown),
		cmocka_unit_test_setup_teardown(the_run_too, setup, teardown),
		cmocka_unit_test_setup_teardown(full_is_undone, setup, teardown),
		cmocka_unit_test_setup_teardown(failed_stays, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
